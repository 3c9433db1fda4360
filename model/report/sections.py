"""The report's sections in Markdown, each around one plot: what it shows, its figures in words."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from model.evaluation.calibration import expected_calibration_error
from model.report import plots

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from model.evaluation.evaluate import Result
    from model.evaluation.metrics import Measured

MOST = 5
"""Confusions that are put into words."""
LOSS = 0.01
"""Accuracy that a digit may lose by a change and still count as read as well as before."""


def learning(history: Sequence[Mapping[str, float]]) -> str:
    """Say where the training ended. history: see `report.write`."""
    last = history[-1]
    return f"""## Learning curves

![Loss, share of misread digits and learning rate, by epoch](learning.svg)

Training images are distorted, validation images are not; the validation is read with the averaged
weights, which are those released. After epoch {last["epoch"]:.0f} the loss is {last["loss"]:.4f},
that of the validation {last["validation_loss"]:.4f}; of the validation images
{last["validation_accuracy"]:.2%} are read right, of pen digits made for the validation
{last["pen_accuracy"]:.2%}."""


def confusion(sets: Mapping[str, Measured]) -> str:
    """Say what is mistaken most often in each set."""
    words = []
    for name, measured in sets.items():
        most = [
            f"{label} as {reading} ({count})"
            for label, reading, count in measured.confusions()[:MOST]
        ]
        words.append(f"- {name}, most often misread: {enumeration(most or ['nothing'])}.")
    return f"""## What is taken for what

![Two confusion matrices, true digits down, readings across](confusion.svg)

{"\n".join(words)}"""


def misread(mnist: Measured) -> str:
    """List the misread images of MNIST's test set."""
    rows = [
        (
            str(index),
            str(label := int(mnist.labels[index])),
            str(reading := int(mnist.readings[index])),
            f"{mnist.probabilities[index, reading]:.1%}",
            f"{mnist.probabilities[index, label]:.1%}",
        )
        for index in mnist.misread()
    ]
    if not rows:
        return "## Every misread test image\n\nThere is none."
    columns = ("image", "is", "read as", "probability", "of what it is")
    return f"""## Every misread test image

The surest mistakes first. Below each image: the probability of what it was read as, that of what it
is, and its number in MNIST's test set, counted from 0.

![The {len(rows)} misread images of MNIST's test set](misread.png)

<details><summary>The same as a table</summary>

{table(columns, rows)}

</details>"""


def calibration(sets: Mapping[str, Measured]) -> str:
    """Say how far the probabilities of each set are off."""
    errors = enumeration(
        f"{expected_calibration_error(measured.probabilities, measured.labels):.2%} ({name})"
        for name, measured in sets.items()
    )
    return f"""## Do the probabilities mean what they say?

![Reliability diagrams: the share of right answers against their probability](calibration.svg)

Of all answers that are given with a probability of 80%, 80% should be right: dots on the dashed
line. There are 15 bins of equal width, most of them with few answers; a stroke is the 95% interval.
The expected calibration error (Guo et al. 2017) is {errors}."""


def refusing(result: Result) -> str:
    """Say what the model is sure of."""
    rows = [
        ("MNIST test", f"{result.mnist_accepted:.1%}"),
        ("pen digits", f"{result.accepted:.1%}"),
        ("what is no digit", f"{1 - result.refused:.1%}"),
    ]
    return f"""## Does it know when not to answer?

Letters of stroke fonts, symbols, scribbles and dots are no digits. From a threshold on, which was
chosen on images held out from training, the model is sure of what it reads; below it the page says
that it is not sure, and which two digits come closest.

{table(("", "the model is sure of"), rows)}

The area under the ROC curve, of how well its sureness tells pen digits from what is none, is
{result.auroc:.3f}."""


def beyond_a_digit(result: Result) -> str:
    """Say how numbers and photos are read."""
    exact = [(f"{length}", f"{share:.1%}") for length, share in result.numbers.items()]
    photos = [(kind, f"{share:.1%}") for kind, share in result.photos.items()]
    return f"""## Numbers, and photos

Pen digits put side by side as one writer would; a number counts if every digit is right.

{table(("digits", "read exactly right"), exact)}

Photos that code makes of MNIST's test digits, in uneven light, with paper and noise.

{table(("photo", "read right"), photos)}"""


def robustness(curves: Mapping[str, Sequence[tuple[float, float]]]) -> str:
    """Say how far a digit may be changed. curves: see `robustness.measure`."""
    rows = []
    for name, curve in curves.items():
        low, high = _steady(curve, plots.UNCHANGED[name])
        ends = [f"{accuracy:.1%} at {x:.3g}" for x, accuracy in (curve[0], curve[-1])]
        rows.append((f"{name} ({plots.UNITS[name]})", f"{low:.3g} to {high:.3g}", *ends))
    return f"""## Digits that are changed

![Accuracy against shift, scale, rotation and stroke width](robustness.svg)

Images of MNIST's test set, changed and read by the network alone. The app centres and scales what
is drawn, and draws it with MNIST's thickness, before the network sees it.

{table(("change", f"loses at most {LOSS:.0%} within", "at one end", "at the other"), rows)}"""


def _steady(curve: Sequence[tuple[float, float]], unchanged: float) -> tuple[float, float]:
    """Give the first and the last x about the unchanged one that lose at most LOSS."""
    middle = min(range(len(curve)), key=lambda index: abs(curve[index][0] - unchanged))
    least = curve[middle][1] - LOSS - 1e-9

    def last(ways: Sequence[tuple[float, float]]) -> float:
        return [x for x, _ in takewhile(lambda point: point[1] >= least, ways)][-1]

    return last(curve[middle::-1]), last(curve[middle:])


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a Markdown table whose columns but the first are aligned to the right."""
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, rule, *rows))


def enumeration(items: Iterable[str]) -> str:
    """Join items with commas, and "and" before the last."""
    *first, last = items
    return f"{', '.join(first)} and {last}" if first else last
