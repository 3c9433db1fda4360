"""The sections of the report in Markdown: a heading, a plot or a table, and a text with figures."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from model.evaluation.metrics import expected_calibration_error
from model.report import plots

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from model.evaluation.evaluate import Result
    from model.evaluation.metrics import Predictions
    from model.evaluation.written_lines import LineResult

MAX_CONFUSIONS = 5
"""Largest number of confusions that are listed for each set."""
MAX_LOSS = 0.01
"""Loss of accuracy up to which a change of the digits counts as tolerated."""


def learning(history: Sequence[Mapping[str, float]]) -> str:
    """Return the section on the training. history: see `train.train`."""
    last = history[-1]
    return f"""## Learning curves

![Loss, share of misread digits and learning rate, by epoch](learning.svg)

Training images are distorted, validation images are not. The moving average of the weights is
validated and later released. After epoch {last["epoch"]:.0f} the training loss is
{last["loss"]:.4f}, and the validation loss is {last["validation_loss"]:.4f};
{last["validation_accuracy"]:.2%} of the held-out scans are read correctly, and
{last["pen_accuracy"]:.2%} of the held-out synthetic digits."""


def confusion(sets: Mapping[str, Predictions]) -> str:
    """Return the section with the most frequent mistakes in each set."""
    words = []
    for name, predictions in sets.items():
        confusions = [
            f"{label} as {predicted} ({count})"
            for label, predicted, count in predictions.confusions()[:MAX_CONFUSIONS]
        ]
        words.append(f"- {name}, most often misread: {enumeration(confusions or ['nothing'])}.")
    return f"""## Which digits are confused

![Two confusion matrices: rows are true digits, columns predicted ones](confusion.svg)

{"\n".join(words)}"""


def misread(mnist: Predictions) -> str:
    """Return the section with all misread images of MNIST's test set."""
    rows = [
        (
            str(index),
            str(label := int(mnist.labels[index])),
            str(predicted := int(mnist.predicted[index])),
            f"{mnist.probabilities[index, predicted]:.1%}",
            f"{mnist.probabilities[index, label]:.1%}",
        )
        for index in mnist.misread()
    ]
    if not rows:
        return "## Every misread test image\n\nThere are none."
    columns = (
        "index",
        "true digit",
        "read as",
        "probability of the predicted digit",
        "probability of the true digit",
    )
    return f"""## Every misread test image

The most confident mistakes come first. The text below each image gives the probability of the
predicted digit, the probability of the true digit, and the image's index in MNIST's test set.

![The {len(rows)} misread images of MNIST's test set](misread.png)

<details><summary>The same as a table</summary>

{table(columns, rows)}

</details>"""


def calibration(sets: Mapping[str, Predictions]) -> str:
    """Return the section with the calibration error of each set."""
    errors = enumeration(
        f"{expected_calibration_error(predictions.probabilities, predictions.labels):.2%} ({name})"
        for name, predictions in sets.items()
    )
    return f"""## Are the probabilities right?

![Reliability diagrams: the share of right answers against their probability](calibration.svg)

If the probabilities are right, 80% of all answers with a probability of 80% are right, and all dots
are on the dashed line. The answers are grouped into 15 bins of equal width. The vertical lines are
95% confidence intervals; they are long because most bins contain few answers. The expected
calibration error (Guo et al. 2017) is
{errors}."""


def rejection(result: Result, others_name: str) -> str:
    """Return the section with the shares of digits and other drawings that the model accepts.

    Args:
        result: The measured result.
        others_name: Name of the set of drawings that are not digits, to be used in a sentence.
    """
    rows = [
        ("MNIST test", f"{result.mnist_accepted:.1%}"),
        ("pen digits", f"{result.drawn_accepted:.1%}"),
        ("not a digit", f"{1 - result.others_rejected:.1%}"),
    ]
    return f"""## Does it reject drawings that are not digits?

The drawings that are not digits are {others_name}.

The model's confidence is the probability that a drawing shows the predicted digit, rather than
another digit or no digit. If the confidence is below a threshold, which was chosen on held-out
images, the app says that it is not sure and names the two most probable digits, or says that the
drawing does not look like a digit.

{table(("", "read with confidence"), rows)}

If the confidence is used to distinguish pen digits from other drawings, the area under the ROC
curve is {result.auroc:.3f}."""


def numbers_and_photos(result: Result) -> str:
    """Return the section with the accuracy on numbers and on photos."""
    exact = [(f"{length}", f"{share:.1%}") for length, share in result.numbers.items()]
    photos = [(kind, f"{share:.1%}") for kind, share in result.photos.items()]
    of_lines = [(kind, f"{share:.1%}") for kind, share in result.line_photos.items()]
    return f"""## Numbers and photos

Numbers are composed of pen digits, with random sizes and gaps. A number is read exactly right if
all of its digits are read right.

{table(("digits", "read exactly right"), exact)}

The photos are synthetic: digits of MNIST's test set on paper. Each has the effect that the table
names; "dark on light" stands for no effect, "several effects" for four or five of them at once.

{table(("photo", "read right"), photos)}

The photos of lines have the same effects, except "small digit", "large digit" and "dark frame".
With the effect "rotated", a photo is turned by up to 15 degrees, otherwise by up to 3. A photo is
read right if every symbol is.

{table(("photo of", "read exactly right"), of_lines)}"""


def lines(result: LineResult, lines_name: str) -> str:
    """Return the section with the accuracy on whole lines.

    Args:
        result: The measured result.
        lines_name: Name of the set of lines, to be used in a sentence.
    """
    by_symbol = [(f"`{symbol}`", f"{share:.1%}") for symbol, share in result.by_symbol.items()]
    confused = [
        (f"`{symbol}`", f"`{read}`", f"{count}") for symbol, read, count in result.confusions
    ]
    return f"""## Lines of numbers and sums

Measured with {lines_name} ({result.count} of them): {result.accuracy:.1%} are read exactly right,
and {result.symbols:.1%} of their symbols.

{table(("symbol", "read right"), by_symbol)}

Most often misread:

{table(("symbol", "read as", "times"), confused)}"""


def robustness(curves: Mapping[str, Sequence[tuple[float, float]]]) -> str:
    """Return the section on changed digits. curves: see `robustness.measure`."""
    rows = []
    for name, curve in curves.items():
        low, high = _tolerated_range(curve, plots.UNCHANGED[name])
        ends = [f"{accuracy:.1%} at {x:.3g}" for x, accuracy in (curve[0], curve[-1])]
        rows.append((f"{name} ({plots.UNITS[name]})", f"{low:.3g} to {high:.3g}", *ends))
    columns = (
        "change",
        f"range in which the accuracy drops by at most {100 * MAX_LOSS:.0f} percentage point",
        "accuracy at the lowest value",
        "accuracy at the highest value",
    )
    return f"""## Robustness

![Accuracy against shift, scale, rotation and stroke width](robustness.svg)

Images of MNIST's test set are changed and read by the network directly. The app tolerates larger
changes: before the network reads a drawing, the app centres and scales it, and draws it with
MNIST's stroke width.

{table(columns, rows)}"""


def _tolerated_range(curve: Sequence[tuple[float, float]], unchanged: float) -> tuple[float, float]:
    """Return the range of x around `unchanged` in which the accuracy drops by at most MAX_LOSS."""
    middle = min(range(len(curve)), key=lambda index: abs(curve[index][0] - unchanged))
    min_accuracy = curve[middle][1] - MAX_LOSS - 1e-9  # allows for rounding errors

    def last_tolerated(points: Sequence[tuple[float, float]]) -> float:
        return [x for x, _ in takewhile(lambda point: point[1] >= min_accuracy, points)][-1]

    return last_tolerated(curve[middle::-1]), last_tolerated(curve[middle:])


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table. The first column is left-aligned, the others are right-aligned."""
    separator = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, separator, *rows))


def enumeration(items: Iterable[str]) -> str:
    """Join items as in "a, b and c"."""
    *first, last = items
    return f"{', '.join(first)} and {last}" if first else last
