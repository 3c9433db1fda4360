"""Collect tables of results from the tests, and format them. tests/conftest.py prints them.

A test stores its rows as properties of its report, because pytest-xdist sends reports from its
worker processes to the main process.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

ROW_PROPERTY = "table row"
"""A property with a row of a table: the title of the table, and the cells by column heading."""
COUNTS_PROPERTY = "counts"
"""A property with counts: the title of the table, and the counts by name. The table shows the sums
over all tests."""


def collect_tables(reports: Iterable[object]) -> dict[str, list[dict[str, str]]]:
    """Return the rows of all tables, by the title of the table.

    Two rows with the same first cell are merged, unless they differ in a column that both have.
    """
    tables: dict[str, list[dict[str, str]]] = {}
    sums: dict[str, Counter[str]] = {}
    for report in reports:
        for key, value in getattr(report, "user_properties", ()):
            if key == ROW_PROPERTY:
                title, cells = value
                _add(tables.setdefault(title, []), cells)
            elif key == COUNTS_PROPERTY:
                title, counts = value
                sums.setdefault(title, Counter()).update(counts)
    for title, counts in sums.items():
        rows = ({"what": what, "count": str(count)} for what, count in counts.items())
        tables.setdefault(title, []).extend(rows)
    return tables


def _add(rows: list[dict[str, str]], cells: Mapping[str, str]) -> None:
    """Merge the cells into a row with the same first cell, or append them as a new row."""
    first = next(iter(cells))
    for row in rows:
        if row.get(first) == cells[first] and all(row.get(k, v) == v for k, v in cells.items()):
            row.update(cells)
            return
    rows.append(dict(cells))


def format_table(rows: Sequence[Mapping[str, str]]) -> list[str]:
    """Return the lines of a table: the headings, then each row. Missing cells are empty."""
    headings = list(dict.fromkeys(heading for row in rows for heading in row))
    lines = [headings, *([row.get(heading, "") for heading in headings] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]
