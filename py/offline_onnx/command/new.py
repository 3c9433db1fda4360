"""The command `new`: make the folder of a page that runs a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from offline_onnx.command.result import Result
from offline_onnx_page.errors import SiteError
from offline_onnx_page.new.folder import NATIVE, make_page
from offline_onnx_page.new.labels import parse_labels

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from typing import Any


def command(
    *,
    folder: Path,
    model: Path | None,
    template: str,
    labels: str | None,
    fields: str | None = None,
    title: str | None,
    sample: Path | None = None,
    self_test: bool = True,
) -> Result:
    """Make the folder of a page; return the names of its files, and advice.

    Args:
        folder: the folder; it must be new or empty.
        model: the model's file; None for an example.
        template: what the page is for.
        labels: a file or a list of labels, see `parse_labels`; None for those in the model.
        fields: a file or a list of the names of the input's values; None for those in the model.
        title: the page's title; None for the model's name.
        sample: a file with the inputs of the self-test, as for the command `manifest`; None for
            inputs that suit the model, or random numbers.
        self_test: whether the model's manifest has a self-test.

    Raises:
        SiteError: The folder is not empty, or the model or another argument can't be used.

    """
    values = None
    try:
        from offline_onnx.command.manifest import write
        from offline_onnx_page.manifests.with_running import read_sample
    except ImportError as error:  # numpy or onnxruntime is missing
        if sample:
            raise SiteError(f"--sample needs onnxruntime: {NATIVE}.") from error
        describe = None
    else:

        def describe(file: Path, labels: Sequence[str], sample: Mapping[str, Any] | None) -> None:
            write(file, labels=labels, sample=sample)

        values = read_sample(sample) if sample else None
    made = make_page(
        folder,
        template,
        model,
        labels=parse_labels(labels) if labels else (),
        field_names=parse_labels(fields, "names") if fields else (),
        title=title,
        sample=values,
        self_test=self_test,
        describe=describe,
    )
    return Result(made.text, made.data)
