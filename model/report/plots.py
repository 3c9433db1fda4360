"""The plots of the report."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, LogNorm
from matplotlib.patches import Rectangle
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator, PercentFormatter

from digits.reading.contract import DIGITS
from model.evaluation.metrics import expected_calibration_error, reliability, wilson_interval
from model.report.style import ACCENT, INK, LINE, MUTED, PAPER, SHADE, SMALL, card, hide_axes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from model.evaluation.metrics import Predictions

COLUMNS = 6
"""Number of images in each row of the plot of misread images."""
UNITS = {
    "shift": "pixels to the right or down",
    "scale": "factor",
    "rotation": "degrees clockwise",
    "stroke width": "pixels; negative is thinner",
}
"""The unit of each change that `robustness.measure` makes to digits."""
UNCHANGED = {"shift": 0, "scale": 1, "rotation": 0, "stroke width": 0}
"""The value of each change that leaves digits unchanged."""
_IMAGE_COLOURS = LinearSegmentedColormap.from_list("sheet", [PAPER, INK])
_MISTAKE_COLOURS = LinearSegmentedColormap.from_list("errors", ["#dbe7f5", ACCENT])


def learning(history: Sequence[Mapping[str, float]]) -> Figure:
    """Plot loss, error and learning rate by epoch.

    Args:
        history: see `train.train`; its `pen_accuracy` is the accuracy on synthetic digits.
    """
    figure = card(9, 3.1)
    loss, error, rate = figure.subplots(1, 3)
    epochs = [row["epoch"] for row in history]

    def line(axes: Axes, values: Sequence[float], label: str, colour: str) -> None:
        axes.plot(epochs, values, color=colour, label=label)

    line(loss, [row["loss"] for row in history], "training", MUTED)
    line(loss, [row["validation_loss"] for row in history], "validation", ACCENT)
    line(error, [100 * (1 - row["pen_accuracy"]) for row in history], "synthetic", MUTED)
    line(error, [100 * (1 - row["validation_accuracy"]) for row in history], "scans", ACCENT)
    line(rate, [row["rate"] for row in history], "rate", ACCENT)
    for axes in (loss, error):
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.legend(reverse=True)
    loss.yaxis.set_major_formatter("{x:g}")
    error.yaxis.set_major_formatter(lambda percent, _: f"{percent:.3g}%")
    rate.set_ylim(0)
    rate.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    rate.yaxis.set_major_formatter("{x:g}")
    for axes, title in ((loss, "Loss"), (error, "Misread"), (rate, "Learning rate")):
        axes.set(title=title, xlabel="epoch")
        axes.xaxis.set_major_locator(MaxNLocator("auto", integer=True))
        axes.yaxis.set_minor_locator(NullLocator())
        axes.grid(axis="y")
    return figure


def confusion(sets: Mapping[str, Predictions]) -> Figure:
    """Plot the confusion matrix of each set; correct predictions are grey."""
    figure = card(9, 4.95)
    panels = figure.subplots(1, len(sets), sharey=True, squeeze=False)[0]
    for axes, (name, predictions) in zip(panels, sets.items(), strict=True):
        largest = max(max((count for *_, count in predictions.confusions()), default=0), 2)
        shade = LogNorm(1, largest)
        for (digit, predicted), count in np.ndenumerate(predictions.confusion_matrix()):
            if not count:
                continue
            # The colour scale is logarithmic, so its dark half begins at the square root of the
            # largest count.
            is_correct, is_dark = digit == predicted, count**2 > largest
            fill = SHADE if is_correct else _MISTAKE_COLOURS(shade(count))
            axes.add_patch(Rectangle((predicted, digit), 1, 1, fc=fill, ec=PAPER, linewidth=2))
            colour = MUTED if is_correct else PAPER if is_dark else INK
            place = (predicted + 0.5, digit + 0.5)
            axes.annotate(str(count), place, ha="center", va="center", color=colour)
        axes.set(xlim=(0, 10), ylim=(10, 0))
        axes.set(title=name, xlabel="read as", aspect="equal")
        axes.set_xticks(np.arange(10) + 0.5, list(DIGITS))
        axes.set_yticks(np.arange(10) + 0.5, list(DIGITS))
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
    panels[0].set_ylabel("true digit")
    return figure


def calibration(sets: Mapping[str, Predictions]) -> Figure:
    """Plot the reliability diagram of each set, and below it the number of predictions by bin."""
    figure = card(9, 5.2)
    rows = figure.subplots(2, len(sets), height_ratios=[3, 1], sharex=True, sharey="row")
    for (name, predictions), (axes, counts) in zip(sets.items(), rows.T, strict=True):
        bins = reliability(predictions.probabilities, predictions.labels)
        x, y = [b.confidence for b in bins], np.array([b.accuracy for b in bins])
        low, high = np.array([wilson_interval(b.right, b.count) for b in bins]).T
        axes.plot([0, 1], [0, 1], color=MUTED, linewidth=1, linestyle=(0, (4, 4)))
        axes.vlines(x, low, high, color=ACCENT, linewidth=1.25, alpha=0.5)
        axes.plot(x, y, "o", color=ACCENT, markersize=5, clip_on=False)
        error = expected_calibration_error(predictions.probabilities, predictions.labels)
        axes.set_title(f"{name}, calibration error {error:.2%}")
        # The bars begin below 1, so that a bar for one answer is visible on a logarithmic axis.
        counts.vlines(x, 0.8, [b.count for b in bins], color=ACCENT, linewidth=6)
        counts.set(yscale="log", xlabel="probability of the answer")
        counts.yaxis.set_major_formatter("{x:,.0f}")
        counts.yaxis.set_minor_locator(NullLocator())
        for each in (axes, counts):
            each.xaxis.set_major_formatter(PercentFormatter(1))
            each.grid(axis="y")
    rows[0, 0].set(ylabel="right", xlim=(0, 1.02), ylim=(0, 1.02))
    rows[0, 0].yaxis.set_major_formatter(PercentFormatter(1))
    rows[1, 0].set_ylabel("answers")
    return figure


def robustness(curves: Mapping[str, Sequence[tuple[float, float]]]) -> Figure:
    """Plot how the accuracy depends on each change. curves: see `robustness.measure`."""
    figure = card(9, 2.9)
    panels = figure.subplots(1, len(curves), sharey=True, squeeze=False)[0]
    for axes, (name, curve) in zip(panels, curves.items(), strict=True):
        x, y = zip(*curve, strict=True)
        axes.plot(x, y, "o-", color=ACCENT, markersize=3)
        axes.axvline(UNCHANGED[name], color=LINE, linewidth=1, zorder=0)
        for end, side in ((0, "left"), (-1, "right")):
            text, point, offset = f"{y[end]:.1%}", (x[end], y[end]), (0, -13)
            axes.annotate(text, point, offset, textcoords="offset points", ha=side)
        axes.set(title=name.capitalize(), xlabel=UNITS[name])
        axes.grid(axis="y")
    lowest = min(accuracy for curve in curves.values() for _, accuracy in curve)
    # The axis begins at a multiple of 10%. It leaves at least 8% below the lowest point, for the
    # label there.
    panels[0].set(ylabel="read right", ylim=(math.floor(10 * lowest - 0.8) / 10, 1.05))
    panels[0].yaxis.set_major_formatter(PercentFormatter(1))
    return figure


def misread(predictions: Predictions, images: NDArray[np.uint8]) -> Figure:
    """Draw every misread image with its index, true digit and predicted digit.

    Args:
        predictions: The predictions, at least one of them wrong.
        images: The images of all predictions, uint8 [N, 28, 28].
    """
    wrong = predictions.misread()
    rows = -(-len(wrong) // COLUMNS)
    figure = card(9, 0.2 + 1.95 * rows)
    tiles = figure.subplots(rows, COLUMNS, squeeze=False).ravel()
    for tile in tiles:
        hide_axes(tile)
    for tile, index in zip(tiles, wrong, strict=False):
        label, predicted = int(predictions.labels[index]), int(predictions.predicted[index])
        probabilities = predictions.probabilities[index]
        tile.imshow(images[index], cmap=_IMAGE_COLOURS, vmin=0, vmax=255, interpolation="nearest")
        tile.set_title(f"{label} read as {predicted}", loc="center", pad=5)
        text = f"{predicted}: {probabilities[predicted]:.0%}, {label}: {probabilities[label]:.0%}"
        tile.set_xlabel(f"{text}\nno. {index}", size=SMALL - 1)
    return figure
