"""Colours, fonts and file formats of the report's plots.

A plot is a light card with round corners, readable on a light and on a dark page, in the colours of
the app. A saved file depends on the plot alone: it holds no date, no version and no local font.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes

PAPER, CARD, LINE = "#fffdf8", "#f3efe7", "#d9d2c3"
INK, QUIET, ACCENT = "#1b2b44", "#5d6470", "#1f5fa8"
FONT = "DejaVu Sans"
"""Part of matplotlib, so that text is measured alike on every machine."""
READERS_FONT = "system-ui, sans-serif"
"""Written into SVG files instead of FONT; it is not wider."""
SMALL, LARGE = 9, 10.5

mpl.rcdefaults()  # ignore the matplotlibrc of this machine
mpl.rcParams.update(
    {
        "axes.edgecolor": LINE,
        "axes.facecolor": "none",
        "axes.labelcolor": QUIET,
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
        "xtick.labelcolor": QUIET,
        "ytick.color": LINE,
        "ytick.labelcolor": QUIET,
    }
)


def card(width: float, height: float) -> Figure:
    """Return an empty card, sized in inches; GitHub shows 96 pixels per inch, 9 inches at most."""
    figure = Figure((width, height), facecolor="none")
    figure.set_layout_engine("constrained", w_pad=0.16, h_pad=0.16, wspace=0.02, hspace=0.02)
    edge = 0.01
    figure.add_artist(
        FancyBboxPatch(
            (edge, edge),
            width - 2 * edge,
            height - 2 * edge,
            boxstyle="round,pad=0,rounding_size=0.15",
            transform=figure.dpi_scale_trans,
            facecolor=PAPER,
            edgecolor=LINE,
            zorder=-1,
        )
    )
    return figure


def hide_axes(axes: Axes) -> None:
    """Remove ticks and frame."""
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(False)


def save(figure: Figure, file: Path) -> None:
    """Write a figure as .svg, with text as text, or as .png."""
    if file.suffix == ".png":
        figure.savefig(file, dpi=160, metadata={"Software": None}, pil_kwargs={"optimize": True})
        return
    figure.savefig(file, metadata={"Date": None, "Creator": None})
    text = file.read_text("utf-8").replace(f"'{FONT}'", READERS_FONT)
    file.write_text("\n".join(line.rstrip() for line in text.splitlines()) + "\n", "utf-8")
