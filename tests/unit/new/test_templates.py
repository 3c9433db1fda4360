"""The code of the templates that needs no browser, and the text before Python has started."""

import ast
import asyncio
import re

import pytest

from offline_onnx import Tensor
from offline_onnx.inference.tensor import TensorSpec, values_of
from offline_onnx_page.new.templates import FOLDER

NAN = float("nan")


def definitions_of(path):
    """Return the classes, functions and constants of a file of the templates, by name."""
    body = ast.parse((FOLDER / path).read_text("utf-8").replace("{{manifest}}", "")).body
    constants = (ast.Constant, ast.Dict)
    wanted = [
        each
        for each in body
        if isinstance(each, ast.ClassDef | ast.FunctionDef)
        or (
            isinstance(each, ast.Assign)
            and isinstance(each.targets[0], ast.Name)
            and isinstance(each.value, constants)
        )
    ]
    code = ast.Module(wanted, [])
    names = {"values_of": values_of}
    exec(compile(code, path, "exec"), names)  # noqa: S102  # the code is this project's
    return names


ANSWER = definitions_of("parts/answer.py")


def floats(*values, shape=None, dtype="float32"):
    """Return a tensor of floats, with one row unless a shape is given."""
    return Tensor(values_of(values, dtype), shape or (1, len(values)), dtype)


@pytest.mark.parametrize(
    ("value", "dtype", "text"),
    [
        (330090.1875, "float32", "330090.2"),
        (0.10000000149, "float32", "0.1"),
        (123456792.0, "float32", "123456792"),
        (0.0999755859375, "float16", "0.09998"),
        (0.1 + 0.2, "float64", "0.3"),
        (-1e-9, "float32", "-1e-09"),
        (1e30, "float32", "1e+30"),
        (20260, "int64", "20260"),
        (1, "bool", "yes"),
        (NAN, "float32", "Not a number (NaN)"),
        (-float("inf"), "float32", "Minus infinite"),
    ],
)
def test_a_value_is_shown_with_the_significant_digits_of_its_dtype(value, dtype, text):
    assert ANSWER["number_text"](value, dtype) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (1, "100%"),
        (0.99999, "over 99.99%"),
        (0.9998, "99.98%"),
        (0.9916, "99.2%"),
        (0.5, "50.0%"),
        (0.008, "0.8%"),
        (0.0004, "0.04%"),
        (0.00001, "under 0.01%"),
        (0, "0%"),
    ],
)
def test_a_percentage_has_more_decimals_close_to_0_and_100(share, text):
    assert ANSWER["percent"](share) == text


@pytest.mark.parametrize(
    ("name", "tensor", "labels", "is_share"),
    [
        ("y", floats(0.25, 0.75), (), True),
        ("y", floats(0.25, 0.25), (), False),
        ("probabilities", floats(0.25, 0.25), (), True),
        ("total", floats(0.0), (), False),
        ("variable", floats(0.37), (), False),
        ("output", floats(0.37), ("speech",), True),
        ("probability", floats(0.37), (), True),
        ("y", floats(1.25, -0.25), (), False),
        ("y", floats(NAN, 1.0), (), False),
        ("y", floats(0.5, 0.5, shape=(2, 1)), (), False),
        ("y", Tensor(values_of([0, 1], "int64"), (1, 2), "int64"), (), False),
    ],
)
def test_only_probabilities_are_percentages(name, tensor, labels, is_share):
    assert ANSWER["are_probabilities"](name, tensor, labels) is is_share


def test_the_answer_is_the_output_with_labels_or_probabilities():
    def main_output(labels, **outputs):
        return ANSWER["main_output"](outputs, labels)

    label = Tensor(["b"], (1,))
    assert main_output(("a", "b"), label=label, p=floats(3.0, 4.0)) == "p"
    assert main_output((), label=label, p=floats(0.25, 0.75)) == "p"
    assert main_output((), label=label, scores=floats(3.0, 4.0)) == "label"
    assert main_output((), price=floats(3.0), p=floats(0.25, 0.75)) == "price"


@pytest.mark.parametrize(
    ("text", "dtype", "message"),
    [
        ("4.5", "int64", "number of rooms: 4.5 is not a whole number."),
        ("four", "float32", "number of rooms: four is not a number."),
        ("9" * 30, "int64", f"number of rooms: {'9' * 30} is too large."),
        ("-1", "uint8", "number of rooms: -1 is too small."),
    ],
)
def test_a_wrong_number_is_explained(text, dtype, message):
    number = definitions_of("form/main.py")["number"]
    spec = TensorSpec("number_of_rooms", dtype, (1,))
    assert number("4", spec) == 4
    with pytest.raises(ValueError, match=r"rooms") as raised:
        number(text, spec)
    assert str(raised.value) == message


def test_a_click_after_a_change_runs_the_model_once():
    class Event:
        def preventDefault(self):  # noqa: N802  # as in JavaScript
            pass

    names = definitions_of("form/main.py")
    runs = []

    async def run():
        runs.append(1)
        await asyncio.sleep(0)

    async def events():
        form = names["Form"]()
        form.changed(Event())  # both events come at once if the user presses Enter in a field
        form.submitted(Event())
        await form.task
        assert len(runs) == 1
        form.submitted(Event())
        await form.task
        assert len(runs) == 2
        form.changed(Event())
        await asyncio.sleep(0)
        form.changed(Event())
        form.changed(Event())
        await form.task
        assert len(runs) == 4  # the second one has the newest values

    names |= {"run": run, "asyncio": asyncio}
    asyncio.run(events())


def test_each_answer_says_at_first_that_python_starts_and_the_style_selects_this_text():
    starting = '<output id="answer"><span class="starting">Starting Python …</span></output>'
    for body in FOLDER.glob("*/body.html"):
        text = re.sub(r' for="\w+"', "", body.read_text("utf-8"))
        assert starting in text, body
    assert "#answer > .starting" in (FOLDER / "page" / "style.css").read_text("utf-8")
    assert (FOLDER / "page" / "index.html").read_text("utf-8").count('class="starting"') == 1
