"""The median, without the module `statistics`.

`statistics` imports the modules for fractions, decimals and random numbers. A page would store all
of them in the snapshot of Python's memory, which every start reads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def median(values: Iterable[float]) -> float:
    """Return the median; the mean of the two middle values if the number of values is even.

    Raises:
        IndexError: There are no values.

    """
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
