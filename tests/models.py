"""Small real models for tests: y = x + bias, padded to any size, each with its manifest."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from offline_onnx.describe import describe

KIB = 1024


def adder(bias, padding=0, kind=TensorProto.FLOAT):
    """Make the ONNX bytes of a model that adds a bias; padding: bytes that only take room."""
    dtype = helper.tensor_dtype_to_np_dtype(kind)
    noise = np.random.default_rng(round(bias)).integers(0, 256, padding, np.uint8)
    graph = helper.make_graph(
        [helper.make_node("Add", ["x", "bias"], ["y"])],
        "adder",
        [helper.make_tensor_value_info("x", kind, ["N", 2])],
        [helper.make_tensor_value_info("y", kind, ["N", 2])],
        [
            numpy_helper.from_array(np.array([bias, bias], dtype), "bias"),
            numpy_helper.from_array(noise, "noise"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    return model.SerializeToString()


def publish(folder, bias, padding=0, chunk_size=32 * KIB, name="adder", **fields):
    """Write a model and its manifest into a folder; the bias is its version. Give the manifest."""
    content = adder(bias, padding)
    description = describe(
        content,
        name=name,
        version=str(bias),
        file=f"{name}.onnx",
        labels=["a", "b"],
        chunk_size=chunk_size,
        **fields,
    )
    with ThreadPoolExecutor(1) as other:  # Playwright's own event loop may run in this thread
        manifest = other.submit(asyncio.run, description).result()
    (folder / manifest.file).write_bytes(content)
    (folder / f"{name}.json").write_text(manifest.to_json(), "utf-8")
    return manifest
