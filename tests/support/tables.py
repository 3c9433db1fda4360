"""Tables of results that the tests collect, printed after all of them.

A test's report carries its rows as properties, so that they come from the workers of pytest-xdist.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

ROW = "table row"
"""The property with a row of a table: the table's title, and the row's cells by their heads."""
COUNTS = "counts"
"""The property with counts to be summed over all tests: the table's title, and the counts."""


def rows_of(reports: Iterable[object]) -> dict[str, list[dict[str, str]]]:
    """Collect the rows of all reports, by the title of their table.

    Rows with the same first cell are merged unless another cell of theirs differs.
    """
    tables: dict[str, list[dict[str, str]]] = {}
    sums: dict[str, Counter[str]] = {}
    for report in reports:
        for key, value in getattr(report, "user_properties", ()):
            if key == ROW:
                title, cells = value
                _add(tables.setdefault(title, []), cells)
            elif key == COUNTS:
                title, counts = value
                sums.setdefault(title, Counter()).update(counts)
    for title, counts in sums.items():
        rows = ({"what": what, "count": str(count)} for what, count in counts.items())
        tables.setdefault(title, []).extend(rows)
    return tables


def _add(rows: list[dict[str, str]], cells: Mapping[str, str]) -> None:
    """Merge the cells into the row that they belong to, or append them as a new row."""
    first = next(iter(cells))
    for row in rows:
        if row.get(first) == cells[first] and all(row.get(k, v) == v for k, v in cells.items()):
            row.update(cells)
            return
    rows.append(dict(cells))


def as_text(rows: Sequence[Mapping[str, str]]) -> list[str]:
    """Return the lines of a table: a head, then a line for each row; missing cells stay empty."""
    heads = list(dict.fromkeys(head for row in rows for head in row))
    lines = [heads, *([row.get(head, "") for head in heads] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]
