"""The maximum of each result, and the Markdown table that compares results with their maxima."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True)
class Target:
    """The maximum that a result may have.

    Attributes:
        key: The result's key.
        label: The result's description in the table.
        maximum: The largest value that meets the target.
        unit: The unit in the table. Ratios have a multiplication sign.
        scale: Values are divided by this number to show them in `unit`.

    """

    key: str
    label: str
    maximum: float
    unit: str = "\N{MULTIPLICATION SIGN}"
    scale: float = 1.0

    def show(self, value: float) -> str:
        """Format a value, with the target's unit."""
        return f"{value / self.scale:.4g} {self.unit}"


def targets_table(targets: Iterable[Target], figures: Mapping[str, float]) -> str:
    """Return a Markdown table with a row for each target that has a result.

    Args:
        targets: The targets.
        figures: The results by the keys of their targets.

    """
    rows = []
    for target in targets:
        if target.key in figures:
            value = figures[target.key]
            verdict = "" if value <= target.maximum else "**missed**"
            cells = (target.label, target.show(value), target.show(target.maximum), verdict)
            rows.append(f"| {' | '.join(cells)} |\n")
    return "| result | measured | target: at most | |\n|---|---:|---:|---|\n" + "".join(rows)
