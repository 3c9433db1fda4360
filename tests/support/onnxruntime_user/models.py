"""The models that `code` and the code in docs/onnxruntime-api.md open.

EXPECTED has the results of the functions in `code`.
"""

import shutil

import numpy as np
import onnx
from onnx import TensorProto, helper
from onnxruntime.datasets import get_example

from tests.support.small_models import identity, iris, onnx_model, write_model

LABELS = ["setosa", "versicolor", "virginica"]
METADATA = {"kinds": "3", "source": "tests"}
EXAMPLES = ("sigmoid.onnx", "logreg_iris.onnx")
"""Models in onnxruntime's package, which belong to its own examples."""
DTYPES = ("float16", "float32", "float64", "int8", "int64", "uint8", "bool", "string")
EXPECTED = {
    "open_iris": {
        "input": ["features", "tensor(float)", ["N", 4]],
        "output": ["probabilities", "tensor(float)", ["N", 3]],
        "best": 0,
        "same": True,
    },
    "pass_every_type": {
        **{
            f"tensor({ {'float32': 'float', 'float64': 'double'}.get(dtype, dtype) })": [
                [[1, 3], [["", "é", "two"]] if dtype == "string" else [[0, 1, 1]]],
                [[2, 0], [[], []]],
            ]
            for dtype in DTYPES
        },
        "unnamed": [None, "N", 3],
        "scalar": 5,
    },
    "choose_options": [[1, 4], "CPUExecutionProvider", 1, "InputError"],
    "make_mistakes": {
        "type": "InputError",
        "shape": "InputError",
        "input": "InputError",
        "output": "InputError",
        "file": "SessionError",
        "stored": "NotStored",
        "pin": "IntegrityError",
        "released": "SessionError",
    },
    "load_iris": {
        "labels": [LABELS, []],
        "specs": ["float32 (N, 4)", "float32 (N, 3)"],
        "answers": True,
        "metadata": METADATA,
        "version": True,
        "progress": True,
        "released": "SessionError",
        "pinned": True,
    },
}
"""The result of each function in `code`, on CPython and in a page."""


def write_user_models(folder):
    """Write all models into a folder."""
    model = onnx.load_from_string(iris())
    helper.set_model_props(model, METADATA)
    write_model(folder, model.SerializeToString(), "iris", labels=LABELS)
    for dtype in DTYPES:
        kind = helper.np_dtype_to_tensor_dtype(np.dtype(object if dtype == "string" else dtype))
        (folder / f"{dtype}.onnx").write_bytes(identity(kind, ["N", "M"]))
    (folder / "scalar.onnx").write_bytes(identity(shape=[]))
    (folder / "unnamed.onnx").write_bytes(identity(shape=[None, "N", 3]))
    (folder / "voice.onnx").write_bytes(voice())
    for name in EXAMPLES:
        shutil.copyfile(get_example(name), folder / name)


def voice():
    """Return a model with the inputs and outputs of a voice detector; it averages its input."""
    number = TensorProto.FLOAT
    return onnx_model(
        {
            "input": (number, ["batch", "samples"]),
            "state": (number, [2, "batch", 4]),
            "sr": (TensorProto.INT64, []),
        },
        {"output": (number, ["batch", 1]), "stateN": (number, [2, "batch", 4])},
        helper.make_node("ReduceMean", ["input"], ["mean"], axes=[1]),
        helper.make_node("Cast", ["sr"], ["rate"], to=number),
        helper.make_node("Div", ["rate", "rate"], ["one"]),
        helper.make_node("Mul", ["mean", "one"], ["scaled"]),
        helper.make_node("Add", ["state", "scaled"], ["stateN"]),
        helper.make_node("ReduceMean", ["stateN"], ["average"], axes=[0, 2], keepdims=0),
        helper.make_node("Unsqueeze", ["average", "axis"], ["output"]),
        weights=[helper.make_tensor("axis", TensorProto.INT64, [1], [1])],
    )
