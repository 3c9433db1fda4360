"""Colours, fonts and file formats of the report's plots.

A plot is a light card with rounded corners, in the colours of the app, so that it is readable on
light and on dark pages. A saved file contains no date, no version and no fonts of this machine. The
same plot therefore always gives the same file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes

PAPER, SHADE, LINE = "#fffdf8", "#f3efe7", "#d9d2c3"
"""Colours of a card, of shaded cells on it, and of borders and grid lines."""
INK, MUTED, ACCENT = "#1b2b44", "#5d6470", "#1f5fa8"
"""Colours of titles, of labels and secondary curves, and of main curves."""
FONT = "DejaVu Sans"
"""The font with which matplotlib lays out text. It comes with matplotlib, so that the layout is the
same on every machine."""
SVG_FONT = "system-ui, sans-serif"
"""The font in SVG files. Its letters are not wider than those of FONT, so text fits the layout."""
SMALL, LARGE = 9, 10.5
"""Font sizes, in points."""

mpl.rcdefaults()  # ignore any matplotlibrc file
mpl.rcParams.update(
    {
        "axes.edgecolor": LINE,
        "axes.facecolor": "none",
        "axes.labelcolor": MUTED,
        "axes.labelsize": SMALL,
        "axes.spines.right": False,
        "axes.spines.top": False,
        "axes.titlecolor": INK,
        "axes.titlelocation": "left",
        "axes.titlepad": 10,
        "axes.titlesize": LARGE,
        "font.family": FONT,
        "font.size": SMALL,
        "grid.color": LINE,
        "grid.linewidth": 0.5,
        "legend.fontsize": SMALL,
        "legend.frameon": False,
        "legend.labelcolor": INK,
        "lines.linewidth": 1.75,
        "svg.fonttype": "none",
        "svg.hashsalt": "offline-digits",
        "text.color": INK,
        "xtick.color": LINE,
        "xtick.labelcolor": MUTED,
        "ytick.color": LINE,
        "ytick.labelcolor": MUTED,
    }
)


def card(width: float, height: float) -> Figure:
    """Return an empty card; sizes are in inches.

    GitHub shows a card with 96 pixels per inch, and with a width of 9 inches at most.
    """
    figure = Figure((width, height), facecolor="none")
    figure.set_layout_engine("constrained", w_pad=0.16, h_pad=0.16, wspace=0.02, hspace=0.02)
    inset = 0.01
    figure.add_artist(
        FancyBboxPatch(
            (inset, inset),
            width - 2 * inset,
            height - 2 * inset,
            boxstyle="round,pad=0,rounding_size=0.15",
            transform=figure.dpi_scale_trans,
            facecolor=PAPER,
            edgecolor=LINE,
            zorder=-1,
        )
    )
    return figure


def hide_axes(axes: Axes) -> None:
    """Hide the ticks and the frame of axes."""
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(False)


def save(figure: Figure, file: Path) -> None:
    """Write a figure as .svg or .png, according to the file's name. Text in .svg stays text."""
    if file.suffix == ".png":
        figure.savefig(file, dpi=160, metadata={"Software": None}, pil_kwargs={"optimize": True})
        return
    figure.savefig(file, metadata={"Date": None, "Creator": None})
    text = file.read_text("utf-8").replace(f"'{FONT}'", SVG_FONT)
    file.write_text("\n".join(line.rstrip() for line in text.splitlines()) + "\n", "utf-8")
