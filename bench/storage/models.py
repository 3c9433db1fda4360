"""Write the models: models whose files have an exact size, and a small model.

A model of an exact size looks up rows in a table of random numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from offline_onnx.command import manifest

if TYPE_CHECKING:
    from pathlib import Path

MEBIBYTE = 1 << 20
COLUMNS = 64
"""Numbers in a row of the table."""
OVERHEAD = 4096
"""Bytes of a file that the table does not fill: they hold the graph and padding."""
SEED = 1
SMALL_WIDTH = 4
"""Numbers in a row of the small model's input and output."""


def onnx_of_size(size: int) -> bytes:
    """Return an ONNX file of exactly `size` bytes, which a server can hardly compress."""
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
    padding = size - model.ByteSize() - 3  # 3: the doc_string's tag and length
    model.doc_string = " " * padding
    return bytes(model.SerializeToString())


def write_model(folder: Path, mebibytes: int) -> str:
    """Write a model of `mebibytes` MiB and its manifest; return their file name without a suffix.

    The manifest has no self-test, because a self-test needs a session: neither the benchmark's page
    nor TensorFlow.js opens one during a load.
    """
    file = folder / f"{mebibytes}mib.onnx"
    file.write_bytes(onnx_of_size(mebibytes * MEBIBYTE))
    manifest.write(file, self_test=False)
    return file.stem


def write_small_model(folder: Path) -> str:
    """Write a model of a single operator and its manifest; return the manifest's file name."""
    graph = helper.make_graph(
        [helper.make_node("Softmax", ["numbers"], ["probabilities"])],
        "small",
        [helper.make_tensor_value_info("numbers", TensorProto.FLOAT, ["N", SMALL_WIDTH])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["N", SMALL_WIDTH])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    file = folder / "small.onnx"
    file.write_bytes(model.SerializeToString())
    manifest.write(file)
    return f"{file.stem}.json"
