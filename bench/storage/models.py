"""ONNX files of an exact size: a table of random numbers, and rows looked up in it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from tools import manifest

if TYPE_CHECKING:
    from pathlib import Path

MEGABYTE = 1 << 20
COLUMNS = 64
OVERHEAD = 4096
"""Bytes of a file, at most, that are not numbers."""
SEED = 1


def onnx_of_size(size: int) -> bytes:
    """Return an ONNX file of exactly `size` bytes. Its numbers can't be compressed."""
    rows = (size - OVERHEAD) // (4 * COLUMNS)
    table = np.random.default_rng(SEED).random((rows, COLUMNS), np.float32)
    graph = helper.make_graph(
        [helper.make_node("Gather", ["table", "row"], ["numbers"])],
        "lookup",
        [helper.make_tensor_value_info("row", TensorProto.INT64, ["N"])],
        [helper.make_tensor_value_info("numbers", TensorProto.FLOAT, ["N", COLUMNS])],
        [numpy_helper.from_array(table, "table")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    padding = size - model.ByteSize() - 3  # less the field's tag and the two bytes of its length
    model.doc_string = " " * padding
    return bytes(model.SerializeToString())


def write(folder: Path, megabytes: int) -> str:
    """Write a model of that size and its manifest; return their name without its ending.

    The manifest has no self-test: a first load is measured without a session, as the peer's is.
    """
    file = folder / f"{megabytes}mb.onnx"
    file.write_bytes(onnx_of_size(megabytes * MEGABYTE))
    described = replace(manifest.write(file), self_test=None)
    file.with_suffix(".json").write_text(described.to_json(), "utf-8")
    return file.stem
