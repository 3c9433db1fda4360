"""The sections of the report in Markdown: a heading, a plot or table, and the figures in words."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from model.evaluation.metrics import expected_calibration_error
from model.report import plots

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from model.evaluation.evaluate import Result
    from model.evaluation.metrics import Predictions

MAX_CONFUSIONS = 5
"""Confusions that are listed for each set."""
MAX_LOSS = 0.01
"""Largest loss of accuracy at which a changed digit counts as read as well as before."""


def learning(history: Sequence[Mapping[str, float]]) -> str:
    """Describe the training. history: see `train.train`."""
    last = history[-1]
    return f"""## Learning curves

![Loss, share of misread digits and learning rate, by epoch](learning.svg)

Training images are distorted, validation images are not. Validation uses the moving average of the
weights, which is also what is released. After epoch {last["epoch"]:.0f} the training loss is
{last["loss"]:.4f} and the validation loss {last["validation_loss"]:.4f};
{last["validation_accuracy"]:.2%} of the held-out scans are read right, and
{last["pen_accuracy"]:.2%} of the held-out synthetic pen digits."""


def confusion(sets: Mapping[str, Predictions]) -> str:
    """List the most frequent mistakes in each set."""
    words = []
    for name, predictions in sets.items():
        confusions = [
            f"{label} as {predicted} ({count})"
            for label, predicted, count in predictions.confusions()[:MAX_CONFUSIONS]
        ]
        words.append(f"- {name}, most often misread: {enumeration(confusions or ['nothing'])}.")
    return f"""## Which digits are confused

![Two confusion matrices, true digits down, predicted digits across](confusion.svg)

{"\n".join(words)}"""


def misread(mnist: Predictions) -> str:
    """List all misread images of MNIST's test set."""
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
    columns = ("image", "true digit", "read as", "probability", "of the true digit")
    return f"""## Every misread test image

The most confident mistakes come first. Below each image are the probability of the predicted digit,
the probability of the true digit, and the image's number in MNIST's test set, counted from 0.

![The {len(rows)} misread images of MNIST's test set](misread.png)

<details><summary>The same as a table</summary>

{table(columns, rows)}

</details>"""


def calibration(sets: Mapping[str, Predictions]) -> str:
    """Report the calibration error of each set."""
    errors = enumeration(
        f"{expected_calibration_error(predictions.probabilities, predictions.labels):.2%} ({name})"
        for name, predictions in sets.items()
    )
    return f"""## Are the probabilities right?

![Reliability diagrams: the share of right answers against their probability](calibration.svg)

Of all answers with a probability of 80%, 80% should be right; then all dots are on the dashed
line. The answers are grouped into 15 bins of equal width. Most bins hold few answers: the vertical
lines are 95% confidence intervals. The expected calibration error (Guo et al. 2017) is
{errors}."""


def rejection(result: Result) -> str:
    """Report how many digits and other drawings the model accepts."""
    rows = [
        ("MNIST test", f"{result.mnist_accepted:.1%}"),
        ("pen digits", f"{result.accepted:.1%}"),
        ("not a digit", f"{1 - result.refused:.1%}"),
    ]
    return f"""## Does it reject drawings that are not digits?

Letters and symbols of stroke fonts, scribbles and dots are not digits. The model's confidence is
the probability that a drawing is a digit, and is this digit. If the confidence is below a
threshold, which was chosen on held-out images, the page says that it is not sure and names the two
most probable digits.

{table(("", "read with confidence"), rows)}

The area under the ROC curve, with the confidence separating pen digits from other drawings, is
{result.auroc:.3f}."""


def numbers_and_photos(result: Result) -> str:
    """Report the accuracy on numbers and on photos."""
    exact = [(f"{length}", f"{share:.1%}") for length, share in result.numbers.items()]
    photos = [(kind, f"{share:.1%}") for kind, share in result.photos.items()]
    return f"""## Numbers and photos

Numbers are composed of pen digits, with sizes and gaps that vary. A number counts as right if every
digit is.

{table(("digits", "read exactly right"), exact)}

The photos are synthetic: digits of MNIST's test set on paper, with uneven light and noise.

{table(("photo", "read right"), photos)}"""


def robustness(curves: Mapping[str, Sequence[tuple[float, float]]]) -> str:
    """Report how far a digit can be changed. curves: see `robustness.measure`."""
    rows = []
    for name, curve in curves.items():
        low, high = _steady(curve, plots.UNCHANGED[name])
        ends = [f"{accuracy:.1%} at {x:.3g}" for x, accuracy in (curve[0], curve[-1])]
        rows.append((f"{name} ({plots.UNITS[name]})", f"{low:.3g} to {high:.3g}", *ends))
    return f"""## Robustness

![Accuracy against shift, scale, rotation and stroke width](robustness.svg)

Images of MNIST's test set are changed and read by the network alone. In the app this is easier: it
centres and scales each drawing, and draws it with MNIST's stroke width, before the network
reads it.

{table(("change", f"loses at most {MAX_LOSS:.0%} within", "at one end", "at the other"), rows)}"""


def _steady(curve: Sequence[tuple[float, float]], unchanged: float) -> tuple[float, float]:
    """Return the range of x around the unchanged value within which at most MAX_LOSS is lost."""
    middle = min(range(len(curve)), key=lambda index: abs(curve[index][0] - unchanged))
    least = curve[middle][1] - MAX_LOSS - 1e-9

    def last(ways: Sequence[tuple[float, float]]) -> float:
        return [x for x, _ in takewhile(lambda point: point[1] >= least, ways)][-1]

    return last(curve[middle::-1]), last(curve[middle:])


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; all columns but the first are aligned to the right."""
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, rule, *rows))


def enumeration(items: Iterable[str]) -> str:
    """Join items with commas, and the last one with "and"."""
    *first, last = items
    return f"{', '.join(first)} and {last}" if first else last
