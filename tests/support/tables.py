"""Tables of what the tests have found, printed when all have ended."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

KEY = "table"
"""The name of the property of a test's report that carries a row: its table's title and cells."""
COUNTS = "counts"
"""The same for a table that sums up all tests: its title, and how many there were of what."""


def rows_of(reports: Iterable[object]) -> dict[str, list[dict[str, str]]]:
    """Collect the rows, by the title of their table.

    Rows that begin with the same cell are one row, unless they tell different things of it.
    """
    tables: dict[str, list[dict[str, str]]] = {}
    sums: dict[str, Counter[str]] = {}
    for report in reports:
        for key, value in getattr(report, "user_properties", ()):
            if key == KEY:
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
    first = next(iter(cells))
    for row in rows:
        if row.get(first) == cells[first] and all(row.get(k, v) == v for k, v in cells.items()):
            row.update(cells)
            return
    rows.append(dict(cells))


def as_text(rows: Sequence[Mapping[str, str]]) -> list[str]:
    """Write rows below a head line; a cell that a row lacks stays empty."""
    heads = list(dict.fromkeys(head for row in rows for head in row))
    lines = [heads, *([row.get(head, "") for head in heads] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]
