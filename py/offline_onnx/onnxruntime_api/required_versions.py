"""Read which versions of ONNX a model needs, and whether onnxruntime-web supports them."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from offline_onnx.onnxruntime_api.metadata import is_ort_format
from offline_onnx.onnxruntime_api.protobuf import fields, text

if TYPE_CHECKING:
    from offline_onnx.onnxruntime_api.protobuf import Read

RUNTIME = "onnxruntime-web 1.30"
MAX_IR_VERSION, MAX_OPSET = 13, 26
"""The newest versions of ONNX's format and of its operators that `RUNTIME` supports."""
_IR_VERSION, _OPSET_IMPORT = 1, 8
"""The numbers of fields of a ModelProto."""
_DOMAIN, _VERSION = 1, 2
"""The numbers of fields of an OperatorSetIdProto."""
_ONNX_DOMAINS = ("", "ai.onnx")
"""The names of the domain of ONNX's own operators."""


def too_new(size: int, read: Read) -> str:
    """Return why a model is too new for `RUNTIME`; "" if it is not, or if its format is unknown.

    Args:
        size: the size of the `.onnx` file in bytes.
        read: returns the bytes from a start to a stop position.

    """
    ir_version = opset = 0
    if not is_ort_format(size, read):
        with suppress(ValueError):
            for number, value in fields(read, 0, size):
                if number == _IR_VERSION and isinstance(value, int):
                    ir_version = value
                elif number == _OPSET_IMPORT and not isinstance(value, int):
                    opset = max(opset, _onnx_opset(read, value))
    needed = []
    if ir_version > MAX_IR_VERSION:
        needed.append(f"IR version {ir_version} (at most {MAX_IR_VERSION})")
    if opset > MAX_OPSET:
        needed.append(f"opset {opset} (at most {MAX_OPSET})")
    if not needed:
        return ""
    return (
        f"The model is too new for {RUNTIME}, which pages of this version use: it has "
        f"{' and '.join(needed)}. Export it with an older opset or IR version, or run it with a "
        "newer onnxruntime-web."
    )


def _onnx_opset(read: Read, span: tuple[int, int]) -> int:
    """Return the version in an OperatorSetIdProto; 0 if it is that of other operators."""
    domain, version = "", 0
    for number, value in fields(read, *span):
        if number == _DOMAIN and not isinstance(value, int):
            domain = text(read, value)
        elif number == _VERSION and isinstance(value, int):
            version = value
    return version if domain in _ONNX_DOMAINS else 0
