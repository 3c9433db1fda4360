"""Tensors between Python and onnxruntime-web: dtypes, shapes, and JavaScript's typed arrays."""

import numpy as np
import pytest
from onnx import TensorProto, helper

from tests.browser.library.in_page import run_python
from tests.support.small_models import identity, onnx_model, write_model

# Runs the model that returns its input; the tests replace RUNTIME, DTYPE and VALUES.
ROUND_TRIP = """
from array import array
models = BrowserModelStore(runtime=RUNTIME)
model = await models.load("DTYPE.json")
await model.self_test()
answers = [(await model.run({"x": values}))["y"] for values in VALUES]
await model.session.release()
[[answer.dtype, answer.shape, answer.tolist()] for answer in answers]
"""
DTYPES = {
    dtype: helper.np_dtype_to_tensor_dtype(np.dtype(object if dtype == "string" else dtype))
    for dtype in (
        "float16",
        "float32",
        "float64",
        "int8",
        "int16",
        "int32",
        "int64",
        "uint8",
        "uint16",
        "uint32",
        "uint64",
    )
} | {"bool": TensorProto.BOOL, "string": TensorProto.STRING}


@pytest.mark.parametrize("runtime", ["None", "await isolated_runtime()"], ids=["page", "isolated"])
def test_every_dtype_is_passed_to_a_model_and_returned(library_page, folder, subtests, runtime):
    code = ROUND_TRIP.replace("RUNTIME", runtime)
    for dtype, tensor_type in DTYPES.items():
        with subtests.test(dtype):
            write_model(folder, identity(tensor_type, ["N", "M"]), dtype)
            values = [["", "\u00e9", "two"]] if dtype == "string" else [[0, 1, 1]]
            code_of_dtype = code.replace("DTYPE", dtype).replace("VALUES", repr([values, [[], []]]))
            assert run_python(library_page, code_of_dtype) == [
                [dtype, [1, 3], values],
                [dtype, [2, 0], [[], []]],
            ]


def test_tensors_of_zero_one_and_three_dimensions_are_passed(library_page, folder):
    write_model(folder, identity(shape=[]), "scalar")
    code = ROUND_TRIP.replace("DTYPE", "scalar").replace("RUNTIME", "None")
    values = [5, [1, 2], [[[]]]]
    assert run_python(library_page, code.replace("VALUES", repr(values))) == [
        ["float32", [], 5],
        ["float32", [2], [1, 2]],
        ["float32", [1, 1, 0], [[[]]]],
    ]


def test_four_bit_integers_are_packed(library_page, folder):
    nodes = [helper.make_node("Cast", [x], [y], to=TensorProto.INT32) for x, y in ("ac", "bd")]
    content = onnx_model(
        {"a": (TensorProto.INT4, ["N"]), "b": (TensorProto.UINT4, ["N"])},
        {"c": (TensorProto.INT32, ["N"]), "d": (TensorProto.INT32, ["N"])},
        *nodes,
        opset=21,
    )
    write_model(folder, content, "nibbles")
    code = """
model = await models.load("nibbles.json")
answers = await model.run({"a": [-8, 7, -1], "b": [0, 15, 9]})
[answers["c"].tolist(), answers["d"].tolist()]
"""
    assert run_python(library_page, code) == [[-8, 7, -1], [0, 15, 9]]


@pytest.mark.parametrize("runtime", ["None", "await isolated_runtime()"], ids=["page", "isolated"])
def test_output_without_elements_is_returned(library_page, folder, runtime):
    content = onnx_model(
        {"scores": (TensorProto.FLOAT, ["N"])},
        {"found": (TensorProto.INT64, [1, "found"])},
        helper.make_node("NonZero", ["scores"], ["found"]),
    )
    write_model(folder, content, "detector")
    code = f"""
model = await BrowserModelStore(runtime={runtime}).load("detector.json")
answers = [(await model.run({{"scores": values}}))["found"] for values in ([0, 0], [0, 3])]
await model.session.release()
[[answer.shape, answer.tolist()] for answer in answers]
"""
    assert run_python(library_page, code) == [[[1, 0], [[]]], [[1, 1], [[1]]]]


def test_model_without_inputs_and_with_an_output_that_is_not_a_tensor_runs(library_page, folder):
    three = helper.make_tensor("value", TensorProto.FLOAT, [], [3])
    content = onnx_model(
        {},
        {"y": (TensorProto.FLOAT, [])},
        helper.make_node("Constant", [], ["y"], value=three),
        helper.make_node("SequenceConstruct", ["y"], ["all"]),
        sequences={"all": (TensorProto.FLOAT, [])},
    )
    write_model(folder, content, "constant")
    code = """
model = await models.load("constant.json")
try:
    await model.run({}, ["all"])
except InputError as error:
    message = error.what
[{name: tensor.tolist() for name, tensor in (await model.run({})).items()}, message]
"""
    outputs, message = run_python(library_page, code)
    assert outputs == {"y": 3}
    assert message.startswith("The output 'all' has the type seq(tensor(float)), which onnxruntime")


def test_javascript_typed_arrays_are_inputs(library_page, folder, subtests):
    code = """
import js
numbers = js.Array.of(0, 1, 1, 0)
model = await models.load("DTYPE.json")
answer = (await model.run({"x": js.KIND.from_(numbers, CONVERT)}))["y"]
part = (await model.run({"x": js.KIND.from_(numbers, CONVERT).subarray(2, 4)}))["y"]
[answer.dtype, answer.tolist(), part.tolist()]
"""
    for dtype, kind in {
        "float32": "Float32Array",
        "float64": "Float64Array",
        "int64": "BigInt64Array",
        "uint8": "Uint8ClampedArray",
        "bool": "Uint8Array",
    }.items():
        with subtests.test(dtype):
            write_model(folder, identity(DTYPES[dtype], ["N", 2]), dtype)
            code_of_dtype = code.replace("DTYPE", dtype).replace("KIND", kind)
            code_of_dtype = code_of_dtype.replace(
                "CONVERT", "js.BigInt" if kind.startswith("Big") else "js.Number"
            )
            assert run_python(library_page, code_of_dtype) == [dtype, [[0, 1], [1, 0]], [[1, 0]]]
