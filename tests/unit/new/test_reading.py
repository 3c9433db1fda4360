"""What is read from an .onnx file: inputs, outputs, labels; what each input is for."""

import json

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from offline_onnx.inference.manifest import labelled_output
from offline_onnx.inference.model import checked_inputs
from offline_onnx.inference.tensor import TensorSpec
from offline_onnx.onnxruntime_api.node_arg import specs_of
from offline_onnx.onnxruntime_api.required_versions import MAX_OPSET
from offline_onnx_page.errors import SiteError
from offline_onnx_page.new.folder import TEMPLATES
from offline_onnx_page.new.given_model import read_model
from offline_onnx_page.new.graph import read_graph
from offline_onnx_page.new.labels import LABEL_KEYS, names_in, parse_labels
from offline_onnx_page.new.roles import Role, reason_against, roles, state_output
from offline_onnx_page.new.samples import sample_for
from tests.support.small_models import (
    identity,
    iris,
    onnx_model,
    ort_format,
    with_external_data,
)

FLOAT, INT64 = TensorProto.FLOAT, TensorProto.INT64


def graph_of(content):
    """Return the `Graph` of a model, given its bytes."""
    return read_graph(len(content), lambda start, stop: content[start:stop])


def model_with(graph):
    """Return a model with a graph."""
    return helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 13)])


def many_inputs():
    """Return a model with inputs of many types and shapes, and a sequence as an output."""
    types = [FLOAT, TensorProto.DOUBLE, TensorProto.FLOAT16, TensorProto.UINT8, INT64]
    types += [TensorProto.BOOL, TensorProto.STRING, TensorProto.INT16]
    shapes = [[], ["N", 4], [1, None, 3], [None], [2, 0], ["N"], [1, 1], [8]]
    specs = {
        f"x{index}": (kind, shape)
        for index, (kind, shape) in enumerate(zip(types, shapes, strict=True))
    }
    nodes = [helper.make_node("Identity", [name], [f"y{name}"]) for name in specs]
    nodes.append(helper.make_node("SequenceConstruct", ["x0", "x0"], ["pair"]))
    outputs = {f"y{name}": spec for name, spec in specs.items()}
    return onnx_model(specs, outputs, *nodes, sequences={"pair": (FLOAT, [])}, opset=21)


@pytest.mark.parametrize("content", [iris(), identity(), many_inputs()], ids=["iris", "one", "all"])
def test_inputs_and_outputs_are_those_that_onnxruntime_reports(content):
    session = onnxruntime.InferenceSession(content)
    assert specs_of(graph_of(content).inputs) == specs_of(session.get_inputs())
    assert specs_of(graph_of(content).outputs) == specs_of(session.get_outputs())


def test_constants_that_are_also_inputs_are_left_out_and_weights_are_not_read():
    weights = numpy_helper.from_array(np.ones((1000, 1000), np.float32), "w")
    content = onnx_model(
        {"x": (FLOAT, [1, 1000]), "w": (FLOAT, [1000, 1000])},
        {"y": (FLOAT, [1, 1000])},
        helper.make_node("MatMul", ["x", "w"], ["y"]),
        weights=[weights],
    )
    lengths = []

    def read(start, stop):
        lengths.append(stop - start)
        return content[start:stop]

    assert [each.name for each in read_graph(len(content), read).inputs] == ["x"]
    assert sum(lengths) < 10_000 < len(content)


def test_a_map_is_named_like_onnxruntime_names_it():
    keys = helper.make_map_type_proto(INT64, helper.make_tensor_type_proto(FLOAT, None))
    output = helper.make_value_info("y", helper.make_sequence_type_proto(keys))
    graph = helper.make_graph([], "g", [], [output])
    (found,) = graph_of(model_with(graph).SerializeToString()).outputs
    assert found.type == "seq(map(int64,tensor(float)))"


def test_a_sparse_tensor_is_named_like_onnxruntime_names_it():
    output = helper.make_value_info("y", helper.make_sparse_tensor_type_proto(FLOAT, ["N", 3]))
    graph = helper.make_graph([], "g", [], [output])
    (found,) = graph_of(model_with(graph).SerializeToString()).outputs
    assert (found.type, found.shape) == ("sparse_tensor(float)", ["N", 3])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "m.onnx can't be read (No such file or directory): give the path of an .onnx file."),
        (b"", "m.onnx is empty: export or download the model again."),
        (b"<!doctype html><html>", "m.onnx is no ONNX file: it is a text in HTML or XML"),
        (b"version https://git-lfs.github.com/spec/v1\n", "it is a pointer of Git LFS: fetch"),
        (b"PK\x03\x04 and more", "it is a zip archive: unpack it first."),
        (b"hello, this is text", "m.onnx is no ONNX file: "),
        (iris()[:-9], "m.onnx is no ONNX file: it is truncated or damaged."),
        (b"\x08\x08", "m.onnx is no ONNX file: it has no graph."),
        (ort_format(iris()), "m.onnx is in onnxruntime's own format"),
    ],
)
def test_a_file_that_is_no_model_is_refused_with_the_reason_in_one_line(tmp_path, content, message):
    file = tmp_path / "m.onnx"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SiteError) as raised:
        read_model(file)
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_model_that_the_runtime_can_not_run_is_refused(tmp_path):
    file = tmp_path / "m.onnx"
    model = onnx.load_from_string(identity())
    model.opset_import[0].version = MAX_OPSET + 1
    file.write_bytes(model.SerializeToString())
    with pytest.raises(SiteError, match=f"too new for .* opset {MAX_OPSET + 1}"):
        read_model(file)

    sequence = helper.make_tensor_sequence_value_info("x", FLOAT, [])
    output = helper.make_tensor_value_info("y", FLOAT, [])
    node = helper.make_node("SequenceAt", ["x", "i"], ["y"])
    graph = helper.make_graph([node], "g", [sequence], [output])
    file.write_bytes(model_with(graph).SerializeToString())
    with pytest.raises(SiteError, match=r"input 'x' has the type seq\(tensor\(float\)\)"):
        read_model(file)

    graph = helper.make_graph([node], "g", [output], [sequence])
    file.write_bytes(model_with(graph).SerializeToString())
    with pytest.raises(SiteError, match="no output is a tensor"):
        read_model(file)


def test_missing_external_data_is_named(tmp_path):
    content, files = with_external_data(1.0, "weights.bin")
    file = tmp_path / "m.onnx"
    file.write_bytes(content)
    (name,) = files
    with pytest.raises(SiteError, match=f"weights are in {name}, which is missing: copy it"):
        read_model(file)
    (tmp_path / name).write_bytes(files[name])
    assert read_model(file).external == (tmp_path / name,)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('["cat", "dog"]', ["cat", "dog"]),
        ("{0: 'cat', 1: 'dog'}", ["cat", "dog"]),  # Ultralytics
        ('{"1": "dog", "0": "cat"}', ["cat", "dog"]),  # Hugging Face's id2label
        ('{"dog": 1, "cat": 0}', ["cat", "dog"]),
        ("cat, dog", ["cat", "dog"]),
        ("cat\ndog\n", ["cat", "dog"]),
        ("['cat', 'dog', 'cow']", []),
        ("{'cat': 'dog'}", []),
        ("cat", []),
        ("3", []),
        ("{" * 500, []),
    ],
)
def test_names_of_two_classes_are_found_in_metadata(text, names):
    assert names_in({"Names": text, "task": "classify"}, LABEL_KEYS, 2) == names


def test_labels_come_from_the_model_or_the_argument_and_have_to_fit(tmp_path):
    file = tmp_path / "iris.onnx"
    model = onnx.load_from_string(iris())
    helper.set_model_props(model, {"labels": json.dumps(["a", "b", "c"])})
    file.write_bytes(model.SerializeToString())
    assert read_model(file).labels == ("a", "b", "c")
    assert read_model(file, ["x", "y", "z"]).labels == ("x", "y", "z")
    with pytest.raises(
        SiteError, match=r"2 labels, but no output has 2 .*'probabilities' is float32 \(N, 3\)"
    ):
        read_model(file, ["x", "y"])


def test_labels_are_parsed_from_a_file_or_a_list(tmp_path):
    (tmp_path / "one.txt").write_text("speech\n\n", "utf-8")
    assert parse_labels(str(tmp_path / "one.txt")) == ["speech"]
    assert parse_labels("a, b") == ["a", "b"]
    with pytest.raises(SiteError, match="neither a file of labels nor a list"):
        parse_labels("speech")
    for text in ("a,,b", "a, b, "):
        with pytest.raises(SiteError, match=r"One of the labels in .* is empty"):
            parse_labels(text)


def spec(name, dtype, *shape):
    """Return the spec of an input or output."""
    return TensorSpec(name, dtype, shape)


PROBABILITIES = spec("p", "float32", "N", 3)
CASES = {
    "iris": ([spec("features", "float32", "N", 4)], [PROBABILITIES], set()),
    "digits": ([spec("image", "float32", "N", 28, 28, 1)], [PROBABILITIES], {"camera"}),
    "photo": ([spec("x", "uint8", 1, 3, "h", "w")], [PROBABILITIES], {"camera"}),
    "features of an image": ([spec("x", "float32", "N", 3, 4, 4)], [PROBABILITIES], set()),
    "two images": (
        [spec("a", "float32", 1, 3, 32, 32), spec("b", "float32", 1, 3, 32, 32)],
        [PROBABILITIES],
        set(),
    ),
    "Silero VAD 6": (
        [
            spec("input", "float32", "?", "?"),
            spec("state", "float32", 2, "?", 128),
            TensorSpec("sr", "int64", None),
        ],
        [spec("output", "float32", "?", 1), spec("stateN", "float32", "?", "?", "?")],
        {"microphone"},
    ),
    "Silero VAD 4": (
        [
            spec("input", "float32", "batch", "sequence"),
            TensorSpec("sr", "int64", None),
            spec("h", "float32", 2, "batch", 64),
            spec("c", "float32", 2, "batch", 64),
        ],
        [
            spec("output", "float32", "batch", 1),
            spec("hn", "float32", "?", "?", "?"),
            spec("cn", "float32", "?", "?", "?"),
        ],
        {"microphone"},
    ),
    "Basic Pitch": ([spec("x:0", "float32", "N", 43844, 1)], [PROBABILITIES], {"microphone"}),
    "16-bit sound": ([spec("audio", "int16", "samples")], [PROBABILITIES], {"microphone"}),
    "mel bands": ([spec("mel", "float32", 1, 80, 800)], [PROBABILITIES], set()),
    "Magika": ([spec("bytes", "int32", "batch", 2048)], [PROBABILITIES], {"text"}),
    "BERT": (
        [
            spec(n, "int64", "N", "length")
            for n in ("input_ids", "attention_mask", "token_type_ids")
        ],
        [PROBABILITIES],
        {"text"},
    ),
    "strings": ([spec("texts", "string", "?", 1)], [PROBABILITIES], {"text"}),
    "columns": (
        [spec("colour", "string", "?", 1), spec("size", "float32", "?", 1)],
        [PROBABILITIES],
        set(),
    ),
    "no input": ([], [PROBABILITIES], set()),
}
"""For each model: its inputs, its outputs, and the templates that fit besides plain and form."""


@pytest.mark.parametrize("name", CASES)
def test_templates_fit_models_that_have_their_kind_of_input(name):
    inputs, outputs, fitting = CASES[name]
    found = {each for each in TEMPLATES if not reason_against(each, inputs, outputs)}
    assert found == {"plain", "form"} | fitting


def test_states_are_returned_by_outputs_of_similar_names():
    inputs, outputs, _ = CASES["Silero VAD 4"]
    assert roles("microphone", inputs, outputs) == {
        "input": Role.SOUND,
        "sr": Role.RATE,
        "h": Role.STATE,
        "c": Role.STATE,
    }
    assert [state_output(each, outputs) for each in inputs] == ["", "", "hn", "cn"]


def test_a_sound_and_a_text_have_a_sample_that_the_model_accepts():
    for name, template in (
        ("Silero VAD 6", "microphone"),
        ("Silero VAD 4", "microphone"),
        ("Basic Pitch", "microphone"),
        ("16-bit sound", "microphone"),
        ("strings", "text"),
    ):
        inputs, outputs, _ = CASES[name]
        feed = checked_inputs(sample_for(template, inputs, outputs), inputs)
        assert feed.keys() == {each.name for each in inputs}
        values = next(iter(feed.values())).values
        assert len(values) == {"Basic Pitch": 43844, "strings": 1}.get(name, 512)
        assert any(values)
    inputs, outputs, _ = CASES["Silero VAD 6"]
    sample = sample_for("microphone", inputs, outputs)
    assert sample["sr"] == 16_000
    assert np.shape(sample["state"]) == (2, 1, 128)
    assert sample_for("form", inputs, outputs) is None


def test_the_reason_names_the_input_that_does_not_fit():
    inputs, outputs, _ = CASES["iris"]
    assert reason_against("camera", inputs, outputs) == (
        "the template camera needs an image (N, channels, height, width) or (N, height, width, "
        "channels), but 'features' is float32 (N, 4)"
    )
    inputs, outputs, _ = CASES["two images"]
    assert "no value for the input 'b'" in reason_against("camera", inputs, outputs)
    assert "but there is no input" in reason_against("text", [], outputs)


def test_names_of_classes_are_found_in_the_nodes_of_a_model(tmp_path):
    def labels_of(*nodes, weights=(), kind=FLOAT):
        content = onnx_model(
            {"x": (kind, ["N", 2])}, {"y": (FLOAT, ["N", 2])}, *nodes, weights=weights
        )
        (tmp_path / "m.onnx").write_bytes(content)
        return read_model(tmp_path / "m.onnx").labels

    def node(operator, **attributes):
        return helper.make_node(operator, ["x"], ["y"], domain="ai.onnx.ml", **attributes)

    assert labels_of(node("ZipMap", classlabels_strings=["cat", "dog"])) == ("cat", "dog")
    assert labels_of(node("TreeEnsembleClassifier", classlabels_int64s=[-1, 1])) == ("-1", "1")
    assert labels_of(node("LinearClassifier", classlabels_ints=[3, 4, 5])) == ()
    encoder = node("LabelEncoder", keys_int64s=[0, 1], values_strings=["cat", "dog"])
    assert labels_of(encoder) == ("cat", "dog")
    assert labels_of(encoder, kind=TensorProto.STRING) == ()  # encodes an input
    classes = numpy_helper.from_array(np.array(["cat", "dog"], object), "classes")
    choice = helper.make_node(
        "ArrayFeatureExtractor", ["classes", "index"], ["label"], domain="ai.onnx.ml"
    )
    assert labels_of(choice, weights=[classes]) == ("cat", "dog")


def test_labels_belong_to_the_output_with_as_many_values():
    label, choice = spec("label", "string", "N"), spec("label", "int64", "N")
    scores, unknown = spec("p", "float32", "N", 3), spec("p", "float32", "N", "classes")
    logits = spec("logits", "int8", 1, 3)
    for outputs, count, found in (
        ([label, scores], 3, scores),
        ([choice, scores], 3, scores),
        ([label, scores], 2, None),
        ([label, unknown], 2, unknown),
        ([spec("embedding", "float32", "N", 128), unknown], 2, unknown),
        ([label], 2, None),
        ([choice], 2, None),
        ([logits], 3, logits),
        ([TensorSpec("p", "float32", None)], 3, TensorSpec("p", "float32", None)),
        ([spec("p", "float32")], 1, spec("p", "float32")),
    ):
        assert labelled_output(outputs, count) == found
