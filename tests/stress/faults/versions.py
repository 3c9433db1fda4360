"""Four versions of a small ONNX model. With zeros as input, a version returns its number."""

from __future__ import annotations

import asyncio
import functools
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from offline_onnx.describe import describe

CHUNK_SIZE = 32 * 1024
INPUTS = 64
WIDTHS = (1200, 1200, 1231, 1150)
"""The number of values in the output of each version. The first two versions have files of equal
size."""


@dataclass(frozen=True)
class Version:
    """A version of the model: the bytes of its file, its manifest, and the SHA-256 of the file."""

    number: int
    content: bytes
    manifest: str
    sha256: str


@functools.cache
def versions() -> dict[int, Version]:
    """Return all versions, by number."""
    with ThreadPoolExecutor(1) as thread:  # Playwright runs an event loop in this thread
        return thread.submit(asyncio.run, _versions()).result()


async def _versions() -> dict[int, Version]:
    built = {}
    for number, width in enumerate(WIDTHS, 1):
        content = _model(number, width)
        manifest = await describe(
            content, name="faults", version=str(number), file="model.onnx", chunk_size=CHUNK_SIZE
        )
        built[number] = Version(number, content, manifest.to_json(), manifest.sha256)
    return built


def _model(number: int, width: int) -> bytes:
    """Return the model y = x W + number, with random weights W of about 300 KB."""
    weights = np.random.default_rng(number).standard_normal((INPUTS, width)).astype(np.float32)
    bias = np.full(width, number, np.float32)
    graph = helper.make_graph(
        [helper.make_node("Gemm", ["x", "weights", "bias"], ["y"])],
        "faults",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, INPUTS])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, width])],
        [numpy_helper.from_array(weights, "weights"), numpy_helper.from_array(bias, "bias")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)
    return bytes(model.SerializeToString())
