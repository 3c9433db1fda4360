"""Self-tests in the page: models that pass theirs, models without one, and one that fails."""

from dataclasses import replace

import numpy as np
import pytest
from onnx import TensorProto, helper

from tests.browser.library.in_page import run_python
from tests.support.small_models import (
    dropout,
    integer_product,
    iris,
    noise,
    onnx_model,
    pairs,
    write_model,
)

LOAD_MODEL = """
model = await models.load("m.json")
"""


def test_quantised_model_and_one_that_needs_an_even_size_pass(library_page, folder, subtests):
    for name, content in {"product": integer_product(), "pairs": pairs()}.items():
        with subtests.test(name):
            assert write_model(folder, content, name).self_test
            code = f'model = await models.load("{name}.json")\nmodel.origin.value'
            assert run_python(library_page, code) == "downloaded"


@pytest.mark.parametrize("seed", [None, 3.0])
def test_random_model_runs_and_says_why_it_has_no_self_test(library_page, folder, seed):
    write_model(folder, noise(seed), "m")
    code = """
answer = (await model.run({"x": [[100, 200, 300]]}))["y"]
[model.manifest.no_self_test, [round(value, -2) for value in answer.values]]
"""
    reason, answer = run_python(library_page, LOAD_MODEL + code)
    assert reason == "The outputs are random: runs on the same inputs return different values."
    assert answer == [100, 200, 300]


def test_dropout_in_training_mode_has_a_self_test_only_if_it_drops_nothing(library_page, folder):
    assert write_model(folder, dropout(0.0), "m").self_test
    assert run_python(library_page, LOAD_MODEL + "model.origin.value") == "downloaded"
    write_model(folder, dropout(0.5), "half")
    code = 'model = await models.load("half.json")\n[model.origin.value, model.manifest.self_test]'
    assert run_python(library_page, code) == ["downloaded", None]


def test_self_test_with_many_numbers_nan_and_strings_passes(library_page, folder):
    content = onnx_model(
        {"x": (TensorProto.FLOAT, ["N"]), "words": (TensorProto.STRING, [2])},
        {"y": (TensorProto.FLOAT, ["N"]), "same": (TensorProto.STRING, [2])},
        helper.make_node("IsNaN", ["x"], ["missing"]),
        helper.make_node("Where", ["missing", "zero", "x"], ["y"]),
        helper.make_node("Identity", ["words"], ["same"]),
        weights=[helper.make_tensor("zero", TensorProto.FLOAT, [], [0.0])],
    )
    numbers = np.linspace(1, 2, 200, dtype=np.float32)
    numbers[1] = np.nan
    manifest = write_model(folder, content, "m", sample={"x": numbers, "words": ["a", "é"]})
    assert isinstance(manifest.self_test.inputs["x"].values, str)
    code = """
await model.warm_up()
[model.manifest.self_test.outputs["y"][:2], model.manifest.self_test.outputs["same"]]
"""
    assert run_python(library_page, LOAD_MODEL + code) == [[1, 0], ["a", "é"]]


def test_error_of_a_self_test_names_the_output_and_the_values_that_differ(library_page, folder):
    manifest = write_model(folder, iris(), "m", sample={"features": [[5.0, 3.5, 1.5, 0.25]]})
    first, *others = manifest.self_test.outputs["probabilities"]
    wrong = replace(manifest.self_test, outputs={"probabilities": (first - 0.5, *others)})
    text = replace(manifest, self_test=wrong).to_json()
    (folder / "m.json").write_text(text, "utf-8")
    code = """
try:
    await models.load("m.json")
except SelfTestFailed as error:
    message = error.what
message
"""
    message = run_python(library_page, code)
    assert message.startswith("The self-test expects other values for 'probabilities': 1 of 3")
    assert "the largest difference is 0.5." in message
    assert message.endswith(f"{first - 0.5:.6g} and {first:.6g} at position 0.")
