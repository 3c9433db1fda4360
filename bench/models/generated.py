"""Build models on this machine: small trained models, and a model of more than 1 GB."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from onnx import TensorProto, helper

from bench.models.model_list import LARGE, TRAINED
from bench.models.packages import WORK, file_of
from tools.cache import Inputs, cached
from tools.console import run, say
from tools.env import venv

if TYPE_CHECKING:
    from bench.models.model_list import Model

LOCK = venv.ROOT / "locks" / "trees.txt"
WIDTH = 4096
"""Rows and columns of each matrix of the large model. One matrix takes 64 MiB."""
FILES, LAYERS = 2, 10
"""The number of files with the large model's weights, and the number of matrices in each file.

Together, the matrices take 1.34 GB. There are two files, because the library loads a file of more
than 1 GiB only with a manifest.
"""
_SEED = 1
_SCRIPT = Path(__file__).parent / "trees.py"


def obtain(model: Model) -> Path:
    """Return the file of a model of any source. Files with external data are beside it.

    Raises:
        BuildError: the model can't be fetched or built.

    """
    if model.source == TRAINED:
        return trained_models() / f"{model.path}.onnx"
    return large_model() if model.source == LARGE else file_of(model)


def trained_models() -> Path:
    """Train the models of trees.py, unless they are cached; return their folder."""
    inputs = Inputs("bench.models.trees", (LOCK,))
    return cached("trees", _train, inputs)[0].parent


def _train(folder: Path) -> None:
    """Train the models of trees.py in an environment with the packages of LOCK."""
    environment = WORK / "environment"
    python = environment / venv.SCRIPTS.name / "python"
    stamp = environment / LOCK.name
    if not stamp.exists() or stamp.read_bytes() != LOCK.read_bytes():
        say("Installing scikit-learn, LightGBM and their converters ...")
        shutil.rmtree(environment, ignore_errors=True)
        run("Creating an environment", [sys.executable, "-m", "venv", environment])
        pip: list[str | Path] = [
            python,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ]
        run("Installing locks/trees.txt", pip, "--require-hashes", "--no-deps", "-r", LOCK)
        shutil.copyfile(LOCK, stamp)
    say("Training trees ...")
    run("Training trees", [python, _SCRIPT, folder])


def large_model(width: int = WIDTH, files: int = FILES, layers: int = LAYERS) -> Path:
    """Write the large model unless it is there; return its file.

    The model multiplies a row of `width` numbers by `files` * `layers` matrices, one after another.
    The matrices are random, and scaled so that the numbers in the row keep about the same size.
    """
    folder = WORK / f"large-{width}-{files}-{layers}"
    file = folder / "large.onnx"
    if file.exists():
        return file
    say("Writing the large model ...")
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(_SEED)
    size = 4 * width * width
    weights, nodes, before = [], [], "x"
    for number in range(files):
        name = f"large.{number}.bin"
        with (folder / name).open("wb") as content:
            for layer in range(layers):
                matrix = rng.standard_normal((width, width), np.float32) / np.float32(width**0.5)
                content.write(matrix.tobytes())
                weight = f"w{number * layers + layer}"
                weights.append(_external(weight, width, name, size * layer, size))
                after = f"y{number * layers + layer}"
                nodes.append(helper.make_node("MatMul", [before, weight], [after]))
                before = after
    nodes.append(helper.make_node("Identity", [before], ["y"]))
    graph = helper.make_graph(
        nodes,
        "large",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", width])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", width])],
        weights,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    new = file.with_suffix(".new")
    new.write_bytes(model.SerializeToString())
    new.replace(file)
    return file


def _external(name: str, width: int, file: str, offset: int, size: int) -> TensorProto:
    """Return a square matrix whose values are external data: `size` bytes at `offset` in `file`."""
    tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=[width, width])
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in (("location", file), ("offset", offset), ("length", size)):
        tensor.external_data.add(key=key, value=str(value))
    return tensor
