"""Models and the library in a site of another tool, and the cell to copy into a notebook there."""

import ast

import numpy as np
import pytest
from onnx import TensorProto, helper

from offline_onnx_page.errors import SiteError
from offline_onnx_page.site.into import CELL, FOLDER, WORLDS, add_to_site
from tests.support.small_models import (
    identity,
    iris,
    onnx_model,
    with_external_data,
    write_model,
)

SITES = {
    "jupyterlite": {"jupyter-lite.json": "{}", "index.html": "<p>"},
    "marimo": {"index.html": "<marimo-wasm hidden></marimo-wasm>"},
    "pyscript": {"index.html": '<script type="py" src="main.py"></script>'},
}
"""The files by which a site of each tool is recognised."""


def write_site(folder, world):
    """Write a site of a tool; return its folder."""
    folder.mkdir(parents=True)
    for name, text in SITES[world].items():
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def models(tmp_path):
    """Return the empty folder of the models."""
    folder = tmp_path / "models"
    folder.mkdir()
    return folder


@pytest.fixture
def wheels(tmp_path):
    """Return a folder with the library's wheels."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    for name in ("offline_onnx", "offline_onnx_runtime"):
        (folder / f"{name}-1-py3-none-any.whl").write_text(name)
    return folder


@pytest.fixture
def cell_of(models, wheels, tmp_path):
    """Return a function that adds the models to a site, and returns the text of the cell.

    It fails if the cell is not Python.
    """

    def cell_of(world="pyscript"):
        site = tmp_path / "site"
        if not site.exists():
            write_site(site, world)
        *_, cell = add_to_site(models, site, WORLDS[world], wheels)
        assert cell == site / FOLDER / CELL
        text = cell.read_text("utf-8")
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        compile(text, CELL, "exec", flags)
        return text

    return cell_of


def loaded_addresses(cell):
    """Return what a cell loads: the text at the end of the argument of each call of `load`."""
    calls = [node for node in ast.walk(ast.parse(cell)) if isinstance(node, ast.Call)]
    found = [call for call in calls if getattr(call.func, "id", "") == "load"]
    return [
        ast.literal_eval(
            call.args[0].right if isinstance(call.args[0], ast.BinOp) else call.args[0]
        )
        for call in found
    ]


def inputs(cell):
    """Return the inputs with which a cell runs the model."""
    calls = [node for node in ast.walk(ast.parse(cell)) if isinstance(node, ast.Call)]
    run, *_ = [call for call in calls if getattr(call.func, "attr", "") == "run"]
    return eval(ast.unparse(run.args[0]), {})  # noqa: S307  # such as "[0] * 3"


@pytest.mark.parametrize("world", WORLDS)
def test_models_and_wheels_are_copied_into_a_site_of_each_tool(cell_of, models, tmp_path, world):
    write_model(models, iris(), "iris")
    cell = cell_of(world)
    folder = tmp_path / "site" / FOLDER
    assert {file.name for file in folder.iterdir()} == {
        "iris.onnx",
        "iris.json",
        "offline_onnx-1-py3-none-any.whl",
        "offline_onnx_runtime-1-py3-none-any.whl",
        CELL,
    }
    assert (folder / "iris.onnx").read_bytes() == iris()
    assert loaded_addresses(cell) == ["iris.json", "indexeddb://iris"]
    assert FOLDER in cell
    assert np.shape(inputs(cell)["features"]) == (1, 4)


@pytest.mark.parametrize("world", WORLDS)
def test_a_site_of_another_tool_is_refused(models, wheels, tmp_path, world):
    write_model(models, iris(), "iris")
    for other in (*(set(WORLDS) - {world}), "nothing"):
        site = tmp_path / other
        if other in SITES:
            write_site(site, other)
        with pytest.raises(SiteError, match="is not a site that") as caught:
            add_to_site(models, site, WORLDS[world], wheels)
        assert "run this again with -o OUT" in str(caught.value)
        assert not (site / FOLDER).exists()


def test_micropython_can_not_run_the_library(models, wheels, tmp_path):
    write_model(models, iris(), "iris")
    (tmp_path / "index.html").write_text('<script type="mpy"></script>')
    with pytest.raises(SiteError, match="is not a site that PyScript"):
        add_to_site(models, tmp_path, WORLDS["pyscript"], wheels)


def test_a_folder_without_models_is_refused(models, wheels, tmp_path):
    site = write_site(tmp_path / "site", "marimo")
    (models / "notes.json").write_text("{}")
    for folder in (models, tmp_path / "nowhere"):
        with pytest.raises(SiteError, match=r"has no model: copy an \.onnx file there"):
            add_to_site(folder, site, WORLDS["marimo"], wheels)


def test_a_model_without_a_manifest_is_stored_under_the_name_of_its_file(cell_of, models):
    (models / 'a "b" {x} #1.onnx').write_bytes(iris())
    cell = cell_of()
    assert loaded_addresses(cell) == [
        "a%20%22b%22%20%7Bx%7D%20%231.onnx",
        'indexeddb://a "b" {x} #1',
    ]
    assert "name=" in cell


def test_of_several_models_the_cell_runs_one_with_a_manifest(cell_of, models, tmp_path):
    (models / "a.onnx").write_bytes(iris())
    (models / "sub é").mkdir()
    write_model(models / "sub é", iris(), "iris")
    content, weights = with_external_data(1, "weights.bin")
    write_model(models, content, "split", external_data=weights)
    cell = cell_of()
    (address, stored), *_ = [loaded_addresses(cell)]
    assert (address, stored) == ("split.json", "indexeddb://split")
    folder = tmp_path / "site" / FOLDER
    paths = ("a.onnx", "sub é/iris.onnx", "sub é/iris.json", "weights.bin", "split.onnx")
    assert all((folder / path).is_file() for path in paths)


def test_the_site_may_lie_in_the_folder_of_the_models_or_be_this_folder(models, wheels):
    write_model(models, iris(), "iris")
    site = write_site(models / "site", "marimo")
    for _ in range(3):
        add_to_site(models, site, WORLDS["marimo"], wheels)
    assert len([*site.rglob("*.onnx")]) == 1
    for name, text in SITES["marimo"].items():
        (models / name).write_text(text)
    for _ in range(3):
        add_to_site(models, models, WORLDS["marimo"], wheels)
    assert (models / FOLDER / "iris.onnx").is_file()
    assert not (models / FOLDER / FOLDER).exists()


@pytest.mark.parametrize(
    ("tensor_type", "shape", "value"),
    [
        (TensorProto.STRING, ["N", 2], [["", ""]]),
        (TensorProto.BOOL, [2], [False, False]),
        (TensorProto.INT64, [], 0),
        (TensorProto.FLOAT, None, 0),
        (TensorProto.FLOAT, [0], []),
        (TensorProto.FLOAT, ["N", 3, 2, 100], np.zeros((1, 3, 2, 100)).tolist()),
    ],
)
def test_an_input_without_a_sample_gets_zeros_or_empty_strings(
    cell_of, models, tensor_type, shape, value
):
    name = 'in "1" \\ {x} é'
    spec = helper.make_tensor_value_info(name, tensor_type, shape)
    out = helper.make_tensor_value_info("y", tensor_type, shape)
    node = helper.make_node("Identity", [name], ["y"])
    graph = helper.make_graph([node], "g", [spec], [out])
    model = helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 13)])
    write_model(models, model.SerializeToString(), "m", self_test=False)
    found = inputs(cell_of())
    assert found == {name: value}
    assert type(found[name]) is type(value)


@pytest.mark.parametrize(
    ("tensor_type", "sample", "expected"),
    [
        (TensorProto.BOOL, [[True, False, True]], [[True, False, True]]),
        (TensorProto.STRING, [["é", '"', "\n"]], [["é", '"', "\n"]]),
        (TensorProto.FLOAT, [[0.1, -2, 1e30]], [[0.1, -2.0, 1e30]]),
        (TensorProto.INT64, [[2**60, -1, 0]], [[2**60, -1, 0]]),
    ],
)
def test_a_sample_of_the_self_test_is_the_example(cell_of, models, tensor_type, sample, expected):
    write_model(models, identity(tensor_type), "m", sample={"x": sample})
    assert inputs(cell_of()) == {"x": expected}


def test_the_first_output_that_is_a_tensor_is_printed(cell_of, models):
    number = (TensorProto.FLOAT, ["N"])
    model = onnx_model(
        {"x": number},
        {"y": number},
        helper.make_node("SequenceConstruct", ["x", "x"], ["a"]),
        helper.make_node("Identity", ["x"], ["y"]),
        sequences={"a": number},
    )
    write_model(models, model, "m")
    assert 'outputs["y"].tolist()' in cell_of()


def test_a_manifest_of_another_model_is_refused(models, wheels, tmp_path):
    site = write_site(tmp_path / "site", "marimo")
    write_model(models, iris(), "m")
    (models / "m.onnx").write_bytes(b"another")
    with pytest.raises(SiteError, match=r"m\.onnx is not the file that m\.json describes"):
        add_to_site(models, site, WORLDS["marimo"], wheels)


def test_a_wrong_manifest_is_refused_before_anything_is_written(models, wheels, tmp_path):
    site = write_site(tmp_path / "site", "marimo")
    (models / "m.onnx").write_bytes(iris())
    (models / "m.json").write_text('{"file": "m.onnx"}')
    with pytest.raises(SiteError, match=r"m\.json"):
        add_to_site(models, site, WORLDS["marimo"], wheels)
    assert not (site / FOLDER).exists()
