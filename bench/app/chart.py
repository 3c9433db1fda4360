"""A bar chart of the start times, as SVG for light and dark pages."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WIDTH, LEFT, ROW, HEAD = 760, 250, 34, 44
OURS, THEIRS = "#c2410c", "#64748b"
STYLE = """<style>
  text { font: 14px system-ui, sans-serif; fill: #1c1917 }
  .card { fill: #fff }
  @media (prefers-color-scheme: dark) { text { fill: #f5f5f4 } .card { fill: #1c1917 } }
</style>"""


def draw_starts(seconds: Mapping[str, Sequence[float]], names: Mapping[str, str], ours: str) -> str:
    """Return a chart with a bar for each page's median, and a line from minimum to maximum.

    Args:
        seconds: The start times of each page.
        names: The text beside each page's bar.
        ours: The page whose bar gets the accent colour.

    """
    longest = max(map(max, seconds.values()))
    scale = (WIDTH - LEFT - 90) / longest
    rows = []
    for number, (page, values) in enumerate(seconds.items()):
        top = HEAD + number * ROW
        middle, low, high = median(values), min(values), max(values)
        colour = OURS if page == ours else THEIRS
        line = top + 9
        rows.append(
            f'<text x="{LEFT - 12}" y="{top + 14}" text-anchor="end">{escape(names[page])}</text>'
            f'<rect x="{LEFT}" y="{top}" width="{middle * scale:.1f}" height="18" rx="3" '
            f'fill="{colour}"/>'
            f'<path d="M{LEFT + low * scale:.1f} {line}H{LEFT + high * scale:.1f}" '
            f'stroke="#a8a29e" stroke-width="2"/>'
            f'<text x="{LEFT + high * scale + 8:.1f}" y="{top + 14}">{1000 * middle:.0f} ms</text>'
        )
    height = HEAD + len(rows) * ROW + 8
    title = "Offline, from navigation to the first digit"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="{title}">{STYLE}<rect class="card" width="{WIDTH}" height="{height}" rx="8"/>'
        f'<text x="16" y="26" font-weight="600">{title}</text>{"".join(rows)}</svg>\n'
    )
