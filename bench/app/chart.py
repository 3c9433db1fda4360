"""A bar chart of the start times, as SVG for light and dark pages."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# Lengths are in units of the SVG image's viewBox.
WIDTH = 760
LABEL_WIDTH = 250
VALUE_WIDTH = 90
"""Space for a value at the right end of the longest line."""
TITLE_HEIGHT = 44
ROW_HEIGHT = 34
ACCENT_COLOUR, OTHER_COLOUR = "#c2410c", "#64748b"
STYLE = """<style>
  text { font: 14px system-ui, sans-serif; fill: #1c1917 }
  .card { fill: #fff }
  @media (prefers-color-scheme: dark) { text { fill: #f5f5f4 } .card { fill: #1c1917 } }
</style>"""


def draw_starts(
    seconds: Mapping[str, Sequence[float]], labels: Mapping[str, str], ours: str
) -> str:
    """Return a chart as SVG: for each page a bar for the median, a line from minimum to maximum.

    Args:
        seconds: The start times of each page.
        labels: The text beside each page's bar.
        ours: The page whose bar gets the accent colour.

    """
    longest = max(map(max, seconds.values()))
    scale = (WIDTH - LABEL_WIDTH - VALUE_WIDTH) / longest
    rows = []
    for number, (page, values) in enumerate(seconds.items()):
        top = TITLE_HEIGHT + number * ROW_HEIGHT
        middle, low, high = median(values), min(values), max(values)
        colour = ACCENT_COLOUR if page == ours else OTHER_COLOUR
        rows.append(
            f'<text x="{LABEL_WIDTH - 12}" y="{top + 14}" text-anchor="end">'
            f"{escape(labels[page])}</text>"
            f'<rect x="{LABEL_WIDTH}" y="{top}" width="{middle * scale:.1f}" height="18" rx="3" '
            f'fill="{colour}"/>'
            f'<path d="M{LABEL_WIDTH + low * scale:.1f} {top + 9}'
            f'H{LABEL_WIDTH + high * scale:.1f}" stroke="#a8a29e" stroke-width="2"/>'
            f'<text x="{LABEL_WIDTH + high * scale + 8:.1f}" y="{top + 14}">'
            f"{1000 * middle:.0f} ms</text>"
        )
    height = TITLE_HEIGHT + len(rows) * ROW_HEIGHT + 8
    title = "Offline, from navigation to the first digit"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="{title}">{STYLE}<rect class="card" width="{WIDTH}" height="{height}" rx="8"/>'
        f'<text x="16" y="26" font-weight="600">{title}</text>{"".join(rows)}</svg>\n'
    )
