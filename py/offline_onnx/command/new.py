"""The command `new`: make the folder of a page that runs a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from offline_onnx.command.result import Result
from offline_onnx_page.new.folder import make_page
from offline_onnx_page.new.labels import parse_labels

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from typing import Any


def command(
    *, folder: Path, model: Path | None, template: str, labels: str | None, title: str | None
) -> Result:
    """Make the folder of a page; return its files.

    Args:
        folder: the folder; it must not exist, or be empty.
        model: the model's file; None for an example.
        template: what the page is for.
        labels: a file or a list of labels, see `parse_labels`; None for those in the model.
        title: the page's title; None for the model's name.

    """
    try:
        from offline_onnx.command.manifest import write
    except ImportError:  # numpy or onnxruntime is missing
        describe = None
    else:

        def describe(file: Path, names: Sequence[str], sample: Mapping[str, Any] | None) -> None:
            write(file, labels=names, sample=sample)

    names = parse_labels(labels) if labels else ()
    made = make_page(folder, template, model, labels=names, title=title, describe=describe)
    return Result(made.text, made.data)
