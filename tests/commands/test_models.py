"""`python -m bench.models` runs once, with two small models that are made here."""

import json

import pytest
from onnx import TensorProto, helper

from bench.models import run, visits
from tests.support import bundling
from tests.support.small_models import iris

LIST = """
[[model]]
name = "Iris"
kind = "trees"
source = "file"
path = "iris.onnx"
inputs.features = { make = "normal", shape = [2, 4] }

[[model]]
name = "Maps and strings"
kind = "text"
source = "file"
path = "maps.onnx"
inputs.texts = { make = "texts", texts = ["a", "b"], shape = [2] }
inputs.scores = { make = "normal", shape = [2, 3] }
"""


def maps_and_strings():
    """Return a model whose outputs are strings and, as in scikit-learn's, a sequence of maps."""
    probabilities = helper.make_sequence_type_proto(
        helper.make_map_type_proto(
            TensorProto.INT64, helper.make_tensor_type_proto(TensorProto.FLOAT, [])
        )
    )
    graph = helper.make_graph(
        [
            helper.make_node("Identity", ["texts"], ["labels"]),
            helper.make_node(
                "ZipMap", ["scores"], ["maps"], domain="ai.onnx.ml", classlabels_int64s=[0, 1, 2]
            ),
        ],
        "g",
        [
            helper.make_tensor_value_info("texts", TensorProto.STRING, ["N"]),
            helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["N", 3]),
        ],
        [
            helper.make_tensor_value_info("labels", TensorProto.STRING, ["N"]),
            helper.make_value_info("maps", probabilities),
        ],
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)]
    return helper.make_model(graph, ir_version=8, opset_imports=opsets).SerializeToString()


@pytest.fixture
def model_list(tmp_path, monkeypatch):
    """Write a list of two models, and return it."""
    monkeypatch.setattr(visits, "SERVED", tmp_path / "served")
    monkeypatch.setattr(visits, "PAGE", tmp_path / "served" / "page")
    monkeypatch.setattr(visits, "MODELS", tmp_path / "served" / "models")
    (tmp_path / "iris.onnx").write_bytes(iris())
    (tmp_path / "maps.onnx").write_bytes(maps_and_strings())
    (tmp_path / "list.toml").write_text(LIST, "utf-8")
    return tmp_path / "list.toml"


def test_models(model_list, capsys):
    with bundling.lock_only_while_bundling():
        assert run.main(["--list", str(model_list), "--json"]) == 0
    both = {result["name"]: result for result in json.loads(capsys.readouterr().out)}
    for result in both.values():
        assert result["works"], result
        assert result["seconds"].keys() == set(visits.WAYS)
        assert result["identical"] == dict.fromkeys(visits.WAYS[1:], True)
        assert result["faults"] == []
    assert both["Iris"]["has_self_test"]
    assert both["Maps and strings"]["not_returned"] == {"maps": "seq(map(int64,tensor(float)))"}
    assert both["Iris"]["differences"]["stored"]["probabilities"]["relative"] < 1e-5
