"""A model's file, checked, and what is known about it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO

from offline_onnx.errors import OfflineModelError
from offline_onnx.inference.manifest import labelled_output
from offline_onnx.inference.tensor import DTYPES
from offline_onnx.onnxruntime_api.external_data import external_files
from offline_onnx.onnxruntime_api.metadata import is_ort_format, read_metadata
from offline_onnx.onnxruntime_api.node_arg import specs_of
from offline_onnx.onnxruntime_api.required_versions import reason_too_new
from offline_onnx_page.errors import SiteError
from offline_onnx_page.new.graph import read_graph
from offline_onnx_page.new.labels import FIELD_NAME_KEYS, LABEL_KEYS, names_in
from offline_onnx_page.new.roles import count

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence
    from pathlib import Path

    from offline_onnx.inference.tensor import TensorSpec
    from offline_onnx.onnxruntime_api.protobuf import Read
    from offline_onnx_page.new.graph import Graph

_FOREIGN = {
    b"version https://git-lfs": "it is a pointer of Git LFS: fetch the file with `git lfs pull`",
    b"PK\x03\x04": "it is a zip archive: unpack it first",
    b"<": "it is a text in HTML or XML: download the file itself",
}
"""For the first bytes of files that are no models: what such a file is, and what to do."""


@dataclass(frozen=True)
class GivenModel:
    """A model for a new page.

    Attributes:
        file: the `.onnx` file.
        external: the files with weights outside of it; they are in the same folder.
        inputs: the inputs.
        outputs: the outputs.
        labels: the class names, one for each value of the labelled output (see `labelled_output`);
            () if they are unknown.
        field_names: the names of the values of the only input; () if they are unknown.
        categories: the categories of text inputs, such as ("red", "green"), by the input's name.

    """

    file: Path
    external: tuple[Path, ...]
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    labels: tuple[str, ...] = ()
    field_names: tuple[str, ...] = ()
    categories: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def main_output(self) -> TensorSpec:
        """The output that is the answer: the one with labels, or else the first tensor."""
        labelled = labelled_output(self.outputs, len(self.labels)) if self.labels else None
        return labelled or next(spec for spec in self.outputs if spec.is_tensor)


def read_model(
    file: Path, labels: Sequence[str] = (), field_names: Sequence[str] = ()
) -> GivenModel:
    """Return what is known about a model. Its weights are not read.

    Args:
        file: the `.onnx` file.
        labels: the names of the classes; () for those in the model.
        field_names: the names of the values of the only input; () for those in the model.

    Raises:
        SiteError: The file is no ONNX file, the runtime can't run it, its weights are missing, or
            the number of labels or field names is wrong.

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
    # The names of several inputs are their own, so the metadata is not searched for field names:
    # no list of names has the length -1.
    field_count = count(inputs[0]) if len(inputs) == 1 else -1
    _check_counts(file, inputs, outputs, labels, field_names)
    return GivenModel(
        file,
        tuple(file.parent / name for name in external),
        inputs,
        outputs,
        tuple(labels or _labels_in(graph, metadata)),
        tuple(field_names or names_in(metadata, FIELD_NAME_KEYS, field_count)),
        graph.categories,
    )


def _labels_in(graph: Graph, metadata: Mapping[str, str]) -> Sequence[str]:
    """Return the names of the classes that a model has in its metadata or nodes; [] if none fit."""
    outputs = specs_of(graph.outputs)
    shape = outputs[0].shape
    width = shape[-1] if shape else None
    found = names_in(metadata, LABEL_KEYS, width if isinstance(width, int) else None)
    for labels in (found, *graph.classes):
        if labels and labelled_output(outputs, len(labels)):
            return labels
    return []


def _check_counts(
    file: Path,
    inputs: Sequence[TensorSpec],
    outputs: Sequence[TensorSpec],
    labels: Sequence[str],
    field_names: Sequence[str],
) -> None:
    """Raise SiteError if the number of labels or of field names is wrong."""
    if labels and not labelled_output(outputs, len(labels)):
        found = ", ".join(f"{spec.name!r} is {spec}" for spec in outputs)
        raise SiteError(
            f"{file}: there are {len(labels)} labels, but no output has {len(labels)} values: "
            f"{found}. Give one label for each value of an output, or none."
        )
    if field_names and len(inputs) != 1:
        raise SiteError(
            f"{file} has {len(inputs)} inputs, which have names of their own: leave --fields out."
        )
    if field_names and count(inputs[0]) != len(field_names):
        raise SiteError(
            f"{file}: there are {len(field_names)} names for {count(inputs[0])} values of the "
            f"input {inputs[0].name!r}: give --fields one name for each value."
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
    """Raise SiteError if onnxruntime-web can't accept an input, or can't return any output."""
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
