"""The manifest of a model: name and version, file and digests, inputs and outputs.

A manifest is a small JSON file beside the `.onnx` file; `offline_onnx.describe` writes it:

    {"name": "digits", "version": "1.0.0", "file": "digits.onnx", "size": 293971, "sha256": "...",
     "chunk_size": 524288, "chunks": ["..."],
     "inputs": [{"name": "image", "dtype": "float32", "shape": ["N", 28, 28, 1]}],
     "outputs": [{"name": "probabilities", "dtype": "float32", "shape": ["N", 10]}],
     "labels": ["0", "1", ...], "metadata": {"mnist_test_accuracy": 0.9966},
     "self_test": {"inputs": {"image": {"shape": [1, 28, 28, 1], "values": [0.1, 0.7, ...]}},
                   "outputs": {"probabilities": [0.02, ...]}, "tolerance": 0.001}}

Optional are `labels`, `metadata`, `self_test`, and the pair `chunk_size` and `chunks`. A manifest
without a self-test can have the reason in `no_self_test`. A model may have no inputs: `"inputs":
[]`. A shape is `null` if the number of dimensions may vary or is unknown. A model whose weights are
in further files, as ONNX's external data, has a list of them:

    "external_data": [{"file": "digits.onnx.data", "size": 293300, "sha256": "...",
                       "chunk_size": 524288, "chunks": ["..."]}]
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from offline_onnx.errors import ManifestError
from offline_onnx.inference.json_fields import Fields, wrong_value_error
from offline_onnx.inference.model_file import ModelFile, model_sha256
from offline_onnx.inference.self_test import SelfTest
from offline_onnx.inference.tensor import DTYPES, STRING, TensorSpec
from offline_onnx.integrity import BLOCK_SIZE, JoinedDigests

if TYPE_CHECKING:
    from collections.abc import Sequence

    from offline_onnx.integrity import Digests

CHUNK_SIZE = BLOCK_SIZE
"""Default size of a chunk in bytes. Larger chunks need further digests for the stored copy."""

_TYPE_PATTERN = re.compile(r"\w+(?:\([\w(),]+\))?")
"""The dtype of a tensor, or ONNX's name of another type, such as seq(tensor(float))."""


@dataclass(frozen=True)
class Manifest:
    """The description of one version of a model.

    Sizes are in bytes; digests are SHA-256 in lower-case hexadecimal. `file`, `size`, `sha256` and
    `chunks` (the digest of each chunk) describe the `.onnx` file. Without `chunks` in the JSON, the
    whole file is one chunk. `external_data` has the further files, if there are any. `no_self_test`
    is the reason why there is no self-test; "" if there is one, or if the reason is unknown.
    """

    name: str
    version: str
    file: str
    size: int
    sha256: str
    chunk_size: int
    chunks: tuple[str, ...]
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    labels: tuple[str, ...] = ()
    metadata: dict[str, Any] = field(default_factory=dict)
    self_test: SelfTest | None = None
    no_self_test: str = ""
    external_data: tuple[ModelFile, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Manifest:
        """Parse the JSON of a manifest. Raises ManifestError; it names the first wrong field."""
        fields = Fields.of_json(text, "the manifest")
        file = ModelFile.parse(fields)
        inputs, outputs = _specs(fields, "inputs"), _specs(fields, "outputs")
        return cls(
            name=fields.text("name"),
            version=fields.text("version"),
            file=file.file,
            size=file.size,
            sha256=file.sha256,
            chunk_size=file.chunk_size,
            chunks=file.chunks,
            inputs=inputs,
            outputs=outputs,
            labels=_labels(fields, outputs),
            metadata=fields.object("metadata") if fields.has("metadata") else {},
            self_test=_self_test(fields, inputs, outputs),
            no_self_test=fields.text("no_self_test") if fields.has("no_self_test") else "",
            external_data=_external_data(fields, file),
        )

    def to_json(self) -> str:
        """Return the manifest as indented JSON that ends with a newline."""
        raw = asdict(self)
        if self.self_test is None:
            del raw["self_test"]
        if not self.no_self_test:
            del raw["no_self_test"]
        if not self.external_data:
            del raw["external_data"]
        return json.dumps(raw, indent=1, ensure_ascii=False) + "\n"

    @property
    def files(self) -> tuple[ModelFile, ...]:
        """The `.onnx` file and the files with external data."""
        file = ModelFile(self.file, self.size, self.sha256, self.chunk_size, self.chunks)
        return file, *self.external_data

    @property
    def total_size(self) -> int:
        """The size of all files in bytes."""
        return sum(file.size for file in self.files)

    @property
    def model_sha256(self) -> str:
        """The SHA-256 by which the model is identified.

        This is the SHA-256 of the `.onnx` file. If there are further files, it is the SHA-256 of
        the concatenated SHA-256s of all files: two models may have the same `.onnx` file but
        different weights.
        """
        return model_sha256(self.files)

    @property
    def digests(self) -> Digests:
        """The digests of the chunks of all files, in the order of `files`."""
        first, *others = (file.digests for file in self.files)
        return JoinedDigests((first, *others)) if others else first

    def file_of(self, chunk: int) -> tuple[int, int]:
        """Return the file that a chunk belongs to.

        Args:
            chunk: the index of the chunk among the chunks of all files.

        Returns:
            The index of the file in `files`, and the index of its first chunk.

        """
        first = 0
        for index, file in enumerate(self.files):
            if chunk < first + len(file.chunks):
                return index, first
            first += len(file.chunks)
        raise IndexError("there are not that many chunks")


def _external_data(fields: Fields, file: ModelFile) -> tuple[ModelFile, ...]:
    if not fields.has("external_data"):
        return ()
    raw_files = fields.items("external_data", dict)
    files = tuple(ModelFile.parse(Fields(raw, "`external_data`")) for raw in raw_files)
    if len({each.file for each in (file, *files)}) <= len(files):
        raise ManifestError("Two files in the manifest have the same name.")
    return files


def _specs(fields: Fields, key: str) -> tuple[TensorSpec, ...]:
    specs = []
    for raw in fields.items(key, dict):
        inner = Fields(raw, f"`{key}`")
        shape = None
        if inner.value("shape") is not None:
            shape = tuple(inner.items("shape", (int, str)))
            if any(isinstance(size, int) and size < 0 for size in shape):
                raise wrong_value_error(f"a shape in `{key}`", shape)
        spec = TensorSpec(inner.text("name"), inner.text("dtype", _TYPE_PATTERN), shape)
        if key == "inputs" and not spec.is_tensor:
            raise ManifestError(
                f"The input {spec.name!r} has the type {spec.dtype}, which onnxruntime-web does "
                f"not accept. Change the model: inputs have to be tensors of {', '.join(DTYPES)}."
            )
        specs.append(spec)
    if len({spec.name for spec in specs}) < len(specs):
        raise ManifestError(f"Two items of `{key}` in the manifest have the same name.")
    if key == "outputs" and not any(spec.is_tensor for spec in specs):
        raise ManifestError(
            f"No item of `{key}` in the manifest is a tensor of {', '.join(DTYPES)}; "
            "onnxruntime-web returns no other outputs."
        )
    return tuple(specs)


def _labels(fields: Fields, outputs: tuple[TensorSpec, ...]) -> tuple[str, ...]:
    if not fields.has("labels"):
        return ()
    labels = tuple(fields.items("labels", str))
    if labels and not labelled_output(outputs, len(labels)):
        found = ", ".join(f"{spec.name!r} is {spec}" for spec in outputs)
        raise ManifestError(
            f"There are {len(labels)} labels, but no output has {len(labels)} values: {found}."
        )
    return labels


def labelled_output(outputs: Sequence[TensorSpec], count: int) -> TensorSpec | None:
    """Return the output whose values have labels; None if there is none.

    Prefer an output whose last dimension is `count` to one whose last dimension may vary, and
    floats to integers: scikit-learn's classifiers return the chosen class before the probabilities.

    Args:
        outputs: the outputs.
        count: the number of labels.

    """
    numbers = [spec for spec in outputs if spec.is_tensor and spec.dtype != STRING]
    numbers.sort(key=lambda spec: not spec.dtype.startswith("float"))
    for spec in numbers:
        if spec.shape is not None and (1, *spec.shape)[-1] == count:
            return spec
    for spec in numbers:
        is_list = spec.shape is not None and len(spec.shape) == 1
        varies = spec.shape is None or isinstance((1, *spec.shape)[-1], str)
        # A list of integers has the class of each sample, not a value for each label.
        if varies and (spec.dtype.startswith("float") or not is_list):
            return spec
    return None


def _self_test(
    fields: Fields, inputs: tuple[TensorSpec, ...], outputs: tuple[TensorSpec, ...]
) -> SelfTest | None:
    if not fields.has("self_test"):
        return None
    names = ({spec.name for spec in specs} for specs in (inputs, outputs))
    return SelfTest.parse(Fields(fields.value("self_test"), "`self_test`"), *names)
