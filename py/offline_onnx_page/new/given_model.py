"""A model's file, checked, and what is known about it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from offline_onnx.errors import OfflineModelError
from offline_onnx.inference.tensor import DTYPES
from offline_onnx.onnxruntime_api.external_data import external_files
from offline_onnx.onnxruntime_api.metadata import is_ort_format, read_metadata
from offline_onnx.onnxruntime_api.node_arg import specs_of
from offline_onnx.onnxruntime_api.required_versions import reason_too_new
from offline_onnx_page.errors import SiteError
from offline_onnx_page.new.graph import read_graph
from offline_onnx_page.new.labels import FEATURE_KEYS, LABEL_KEYS, names_in
from offline_onnx_page.new.roles import count

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path

    from offline_onnx.inference.tensor import TensorSpec
    from offline_onnx.onnxruntime_api.protobuf import Read

_FOREIGN = {
    b"version https://git-lfs": "it is a pointer of Git LFS: fetch the file with `git lfs pull`",
    b"PK\x03\x04": "it is a zip archive: unpack it first",
    b"<": "it is a text in HTML or XML: download the file itself",
}
"""What a file is that was given instead of a model, and a remedy, by the file's first bytes."""


@dataclass(frozen=True)
class GivenModel:
    """A model for a new page.

    Attributes:
        file: the `.onnx` file.
        external: the files with weights outside of it; they are in the same folder.
        inputs: the inputs.
        outputs: the outputs.
        labels: the names of the classes, in the order of the first output's last dimension; () if
            they are unknown.
        features: the names of the values of the only input; () if they are unknown.

    """

    file: Path
    external: tuple[Path, ...]
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    labels: tuple[str, ...] = ()
    features: tuple[str, ...] = ()


def read_model(file: Path, labels: Sequence[str] = ()) -> GivenModel:
    """Return what is known about a model. Its weights are not read.

    Args:
        file: the `.onnx` file.
        labels: the names of the classes; () for those in the model's metadata.

    Raises:
        SiteError: The file is no ONNX file, the runtime can't run it, its weights are missing, or
            the number of labels is wrong.

    """
    with _opened(file) as (size, read):
        _check_format(file, size, read)
        try:
            graph = read_graph(size, read)
        except ValueError as error:
            raise SiteError(
                f"{file} is no ONNX file: {error}. Give the file that was exported as ONNX."
            ) from error
        if reason := reason_too_new(size, read):
            raise SiteError(f"{file}: {reason}")
        try:
            external = external_files(size, read)
        except OfflineModelError as error:
            raise SiteError(f"{file}: {error}") from error
        metadata = read_metadata(size, read).custom_metadata_map
    inputs, outputs = specs_of(graph.inputs), specs_of(graph.outputs)
    _check_types(file, inputs, outputs)
    for name in external:
        if not (file.parent / name).is_file():
            raise SiteError(
                f"{file}: its weights are in {name}, which is missing: copy it into the folder "
                f"{file.parent}."
            )
    width = _width(outputs)
    if labels and width not in (None, len(labels)):
        raise SiteError(
            f"{file}: there are {len(labels)} labels, but the first output {outputs[0].name!r} has "
            f"{width} values ({outputs[0]}): give {width}, or none."
        )
    features = count(inputs[0]) if len(inputs) == 1 else -1
    return GivenModel(
        file,
        tuple(file.parent / name for name in external),
        inputs,
        outputs,
        tuple(labels or names_in(metadata, LABEL_KEYS, width)),
        tuple(names_in(metadata, FEATURE_KEYS, features)),
    )


@contextmanager
def _opened(file: Path) -> Generator[tuple[int, Read]]:
    """Open a file; yield its size, and a function that reads the bytes from start to stop."""

    def reader(content: BinaryIO) -> Read:
        def read(start: int, stop: int) -> bytes:
            content.seek(start)
            return content.read(stop - start)

        return read

    try:
        with file.open("rb") as content:
            yield file.stat().st_size, reader(content)
    except OSError as error:
        raise SiteError(
            f"{file} can't be read ({error.strerror}): give the path of an .onnx file."
        ) from error


def _check_format(file: Path, size: int, read: Read) -> None:
    """Raise SiteError if a file is empty, or in another format than ONNX."""
    if is_ort_format(size, read):
        raise SiteError(
            f"{file} is in onnxruntime's own format, in which this command can't read the inputs: "
            "give the .onnx file from which it was made."
        )
    beginning = read(0, min(size, 64)).lstrip()
    if not beginning:
        raise SiteError(f"{file} is empty: export or download the model again.")
    for start, reason in _FOREIGN.items():
        if beginning.startswith(start):
            raise SiteError(f"{file} is no ONNX file: {reason}.")


def _check_types(file: Path, inputs: Sequence[TensorSpec], outputs: Sequence[TensorSpec]) -> None:
    """Raise SiteError if onnxruntime-web can't accept an input or return any output."""
    for spec in inputs:
        if not spec.is_tensor:
            raise SiteError(
                f"{file}: the input {spec.name!r} has the type {spec.dtype}, which onnxruntime-web "
                f"does not accept. Change the model: inputs have to be tensors of "
                f"{', '.join(DTYPES)}."
            )
    if not any(spec.is_tensor for spec in outputs):
        raise SiteError(
            f"{file}: no output is a tensor ({outputs[0].name!r} has the type {outputs[0].dtype}), "
            "and onnxruntime-web returns nothing else. Change the model; scikit-learn's converter "
            'returns tensors with options={"zipmap": False}.'
        )


def _width(outputs: Sequence[TensorSpec]) -> int | None:
    """Return the size of the first output's last dimension; None if it varies or is unknown."""
    size = outputs[0].shape[-1] if outputs[0].shape else None
    return size if isinstance(size, int) else None
