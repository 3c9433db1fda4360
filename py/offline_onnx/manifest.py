"""What a model is: its name and version, its file and digest, what goes in and what comes out.

A manifest is a small JSON file beside the `.onnx` file:

    {"name": "digits", "version": "1.0.0", "file": "digits.onnx", "size": 295000, "sha256": "...",
     "input": {"name": "image", "dtype": "float32", "shape": ["N", 28, 28, 1]},
     "output": {"name": "probabilities", "dtype": "float32", "shape": ["N", 10]},
     "labels": ["0", "1", ...], "metrics": {"mnist_test_accuracy": 0.9964}}
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from typing import Any

from offline_onnx.errors import ManifestError


@dataclass(frozen=True)
class TensorSpec:
    """A model's input or output. A dimension is a number, or a name where it may vary."""

    name: str
    dtype: str
    shape: tuple[int | str, ...]


@dataclass(frozen=True)
class Manifest:
    """One version of one model. size is in bytes, sha256 in lower-case hexadecimal."""

    name: str
    version: str
    file: str
    size: int
    sha256: str
    input: TensorSpec
    output: TensorSpec
    labels: tuple[str, ...]
    metrics: dict[str, float]

    @classmethod
    def parse(cls, text: str) -> Manifest:
        """Read a manifest's JSON. Raises ManifestError that names the first wrong field."""
        try:
            raw = json.loads(text)
        except ValueError as error:
            raise ManifestError(f"The manifest is not JSON: {error}.") from error
        fields = _Fields(raw, "the manifest")
        return cls(
            name=fields.text("name"),
            version=fields.text("version"),
            file=fields.matching("file", r"[^/\\]+"),
            size=fields.count("size"),
            sha256=fields.matching("sha256", r"[0-9a-f]{64}"),
            input=_tensor_spec(fields, "input"),
            output=_tensor_spec(fields, "output"),
            labels=tuple(_Fields.check(v, str, "a label") for v in fields.items("labels")),
            metrics={
                key: float(_Fields.check(value, (int, float), f"metrics.{key}"))
                for key, value in _Fields.check(fields.value("metrics"), dict, "metrics").items()
            },
        )

    def to_json(self) -> str:
        """Write the manifest as indented JSON that ends with a newline."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"


def _tensor_spec(fields: _Fields, key: str) -> TensorSpec:
    inner = _Fields(fields.value(key), key)
    shape = tuple(_Fields.check(v, (int, str), f"{key}.shape") for v in inner.items("shape"))
    return TensorSpec(inner.text("name"), inner.text("dtype"), shape)


class _Fields:
    """Typed access to a JSON object; every miss is a ManifestError that names the field."""

    def __init__(self, raw: object, where: str) -> None:
        self._raw: dict[str, Any] = self.check(raw, dict, where)
        self._where = where

    @staticmethod
    def check(value: Any, kind: type | tuple[type, ...], where: str) -> Any:
        if not isinstance(value, kind) or isinstance(value, bool):
            raise ManifestError(f"In the manifest, {where} has a wrong value: {value!r:.60}.")
        return value

    def value(self, key: str) -> Any:
        if key not in self._raw:
            raise ManifestError(f"In the manifest, {self._where} has no `{key}`.")
        return self._raw[key]

    def text(self, key: str) -> str:
        return str(self.check(self.value(key), str, f"{self._where}.{key}"))

    def matching(self, key: str, pattern: str) -> str:
        value = self.text(key)
        if not re.fullmatch(pattern, value):
            raise ManifestError(f"In the manifest, {key} has a wrong value: {value!r:.60}.")
        return value

    def count(self, key: str) -> int:
        value = int(self.check(self.value(key), int, f"{self._where}.{key}"))
        if value < 1:
            raise ManifestError(f"In the manifest, {key} must be positive, not {value}.")
        return value

    def items(self, key: str) -> list[Any]:
        return list(self.check(self.value(key), list, f"{self._where}.{key}"))
