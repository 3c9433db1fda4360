"""Check whether onnxruntime-web supports the versions of ONNX that a model needs."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from offline_onnx.errors import ModelTooNew
from offline_onnx.onnxruntime_api.metadata import is_ort_format
from offline_onnx.onnxruntime_api.protobuf import LENGTH, fields, text

if TYPE_CHECKING:
    from offline_onnx.onnxruntime_api.protobuf import Field, Read

RUNTIME = "onnxruntime-web 1.30"
MAX_IR_VERSION, MAX_OPSET = 13, 26
"""The newest versions of ONNX's format and of its operators that `RUNTIME` supports."""
_IR_VERSION, _OPSET_IMPORT = 1, 8
"""The numbers of fields of a ModelProto."""
_DOMAIN, _VERSION = 1, 2
"""The numbers of fields of an OperatorSetIdProto."""
_ONNX_DOMAINS = ("", "ai.onnx")
"""The names of the domain of ONNX's own operators."""


def reason_too_new(size: int, read: Read) -> str:
    """Return the message of `too_new`: why a model is too new, and what to do; "" if it is not."""
    error = too_new(size, read)
    return str(error) if error else ""


def too_new(size: int, read: Read) -> ModelTooNew | None:
    """Return the error of a model that is too new for RUNTIME.

    Args:
        size: the size of the `.onnx` file in bytes.
        read: returns the bytes from a start to a stop position.

    Returns:
        None if the model is not too new, or if the file can't be checked.

    """
    ir_version = opset = 0
    if not is_ort_format(size, read):
        with suppress(ValueError):
            for each in fields(read, 0, size):
                if each.number == _IR_VERSION:
                    ir_version = each.value
                elif each.number == _OPSET_IMPORT and each.wire_type == LENGTH:
                    opset = max(opset, _onnx_opset(read, each))
    needed = []
    if ir_version > MAX_IR_VERSION:
        needed.append(f"IR version {ir_version} (at most {MAX_IR_VERSION})")
    if opset > MAX_OPSET:
        needed.append(f"opset {opset} (at most {MAX_OPSET})")
    if not needed:
        return None
    return ModelTooNew(
        f"The model is too new for {RUNTIME}, which this version of offline_onnx uses: it has "
        f"{' and '.join(needed)}."
    )


def _onnx_opset(read: Read, opset: Field) -> int:
    """Return the version in an OperatorSetIdProto; 0 unless it is that of ONNX's own operators."""
    domain, version = "", 0
    for each in fields(read, opset.start, opset.stop):
        if each.number == _DOMAIN and each.wire_type == LENGTH:
            domain = text(read, each)
        elif each.number == _VERSION:
            version = each.value
    return version if domain in _ONNX_DOMAINS else 0
