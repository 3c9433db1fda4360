"""The manifest of a model: name and version, file and digests, inputs and outputs.

A manifest is a small JSON file beside the `.onnx` file; `offline_onnx.describe` writes it:

    {"name": "digits", "version": "1.0.0", "file": "digits.onnx", "size": 293971, "sha256": "...",
     "chunk_size": 1048576, "chunks": ["..."],
     "inputs": [{"name": "image", "dtype": "float32", "shape": ["N", 28, 28, 1]}],
     "outputs": [{"name": "probabilities", "dtype": "float32", "shape": ["N", 10]}],
     "labels": ["0", "1", ...], "metadata": {"mnist_test_accuracy": 0.9966},
     "self_test": {"inputs": {"image": {"shape": [1, 28, 28, 1], "values": [0.1, 0.7, ...]}},
                   "outputs": {"probabilities": [0.02, ...]}, "tolerance": 0.001}}

`labels`, `metadata`, `self_test`, and `chunk_size` together with `chunks`, are optional. A manifest
without `self_test` can say why, in `no_self_test`. A model may have no inputs: `"inputs": []`. A
shape is `null` if the number of dimensions may vary or is unknown.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field
from typing import Any

from offline_onnx.errors import ManifestError
from offline_onnx.inference.json_fields import Fields, wrong_value_error
from offline_onnx.inference.self_test import SelfTest
from offline_onnx.inference.tensor import DTYPES, TensorSpec
from offline_onnx.integrity import BlockDigests

CHUNK_SIZE = 1 << 20
"""Default size of a chunk in bytes: 1 MiB."""

_MAX_CHUNKS = 10_000
"""Maximum number of chunks; verifying more would take longer than downloading them."""
_DIGEST_PATTERN = r"[0-9a-f]{64}"
_TYPE_PATTERN = r"\w+(?:\([\w(),]+\))?"
"""The dtype of a tensor, or ONNX's name of another type, such as seq(tensor(float))."""
_FILE_PATTERN = r"(?!\.+$)[^/\\?#:\0]+"
"""The name of a file in the manifest's folder: not a path, not a URL."""


@dataclass(frozen=True)
class Manifest:
    """The description of one version of a model.

    Sizes are in bytes; digests are SHA-256 in lower-case hexadecimal. `chunks` holds the digest of
    each chunk. Without `chunks` in its JSON, the whole file is one chunk. `no_self_test` is the
    reason why there is no self-test; "" if there is one, or if the reason is unknown.
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

    @classmethod
    def parse(cls, text: str) -> Manifest:
        """Parse the JSON of a manifest. Raises ManifestError; it names the first wrong field."""
        fields = Fields.of_json(text, "the manifest")
        size, sha256 = fields.count("size"), fields.text("sha256", _DIGEST_PATTERN)
        chunk_size, chunks = _chunks(fields, size, sha256)
        inputs, outputs = _specs(fields, "inputs"), _specs(fields, "outputs")
        return cls(
            name=fields.text("name"),
            version=fields.text("version"),
            file=fields.text("file", _FILE_PATTERN),
            size=size,
            sha256=sha256,
            chunk_size=chunk_size,
            chunks=chunks,
            inputs=inputs,
            outputs=outputs,
            labels=_labels(fields, outputs),
            metadata=fields.object("metadata") if fields.has("metadata") else {},
            self_test=_self_test(fields, inputs, outputs),
            no_self_test=fields.text("no_self_test") if fields.has("no_self_test") else "",
        )

    def to_json(self) -> str:
        """Return the manifest as indented JSON that ends with a newline."""
        raw = asdict(self)
        if self.self_test is None:
            del raw["self_test"]
        if not self.no_self_test:
            del raw["no_self_test"]
        return json.dumps(raw, indent=1, ensure_ascii=False) + "\n"

    @property
    def digests(self) -> BlockDigests:
        """The digests of the chunks."""
        return BlockDigests(self.size, self.chunk_size, self.chunks)

    def span(self, index: int) -> tuple[int, int]:
        """Return the start and the stop position of a chunk in the file."""
        return self.digests.span(index)


def _chunks(fields: Fields, size: int, sha256: str) -> tuple[int, tuple[str, ...]]:
    """Return the size of a chunk and the digest of each chunk."""
    if not fields.has("chunks"):
        return size, (sha256,)
    chunk_size, chunks = fields.count("chunk_size"), fields.items("chunks", str)
    expected = -(-size // chunk_size)
    if expected > _MAX_CHUNKS:
        raise ManifestError(f"The manifest has more than {_MAX_CHUNKS} chunks: {expected}.")
    if len(chunks) != expected:
        raise ManifestError(
            f"The manifest lists {len(chunks)} chunks; a file of {size} bytes needs {expected} "
            f"chunks of {chunk_size} bytes."
        )
    for chunk in chunks:
        if not re.fullmatch(_DIGEST_PATTERN, chunk):
            raise wrong_value_error("an item of `chunks`", chunk)
    return chunk_size, tuple(chunks)


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
    width = outputs[0].shape[-1] if outputs[0].shape else None
    if labels and isinstance(width, int) and width != len(labels):
        raise ManifestError(
            f"The manifest has {len(labels)} labels, but its first output {outputs[0].name!r} "
            f"has {width} values: {outputs[0]}."
        )
    return labels


def _self_test(
    fields: Fields, inputs: tuple[TensorSpec, ...], outputs: tuple[TensorSpec, ...]
) -> SelfTest | None:
    if not fields.has("self_test"):
        return None
    names = ({spec.name for spec in specs} for specs in (inputs, outputs))
    return SelfTest.parse(Fields(fields.value("self_test"), "`self_test`"), *names)
