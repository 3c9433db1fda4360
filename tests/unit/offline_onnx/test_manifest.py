"""Parse manifests."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_onnx import Manifest
from offline_onnx.errors import ManifestError
from offline_onnx.inference.self_test import Sample, SelfTest
from offline_onnx.inference.tensor import TensorSpec
from tests.unit.fakes import manifest_of, sha256

CONTENT = b"the bytes of a model"
SELF_TEST = SelfTest({"image": Sample((1, 28, 28, 1), (0.5, 1.0))}, {"probabilities": (0.1,)}, 0.01)
FULL = manifest_of(CONTENT, self_test=SELF_TEST)
GOOD = json.loads(FULL.to_json())
"""The fields of the manifest FULL, as parsed JSON."""
OPTIONAL = {"chunk_size", "chunks", "labels", "metadata", "self_test"}
"""The fields of GOOD that may be missing."""
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


def manifest_json(*fields, **changed):
    """Return the JSON of the manifest GOOD without some fields and with changed ones."""
    return json.dumps({k: v for k, v in {**GOOD, **changed}.items() if k not in fields})


def test_manifest_round_trips_through_json():
    assert Manifest.parse(FULL.to_json()) == FULL


@pytest.mark.parametrize("field", sorted(set(GOOD) - OPTIONAL))
def test_error_names_the_missing_field(field):
    with pytest.raises(ManifestError, match=field):
        Manifest.parse(manifest_json(field))


def test_optional_fields_may_be_missing():
    manifest = Manifest.parse(manifest_json(*OPTIONAL))
    assert (manifest.labels, manifest.metadata, manifest.self_test) == ((), {}, None)
    assert (manifest.chunk_size, manifest.chunks) == (len(CONTENT), (sha256(CONTENT),))


@given(st.integers(1, 50), st.integers(1, 60))
def test_chunks_cover_the_whole_file(size, chunk_size):
    content = bytes(range(size))
    manifest = Manifest.parse(manifest_of(content, chunk_size=chunk_size).to_json())
    spans = [manifest.digests.span(index) for index in range(len(manifest.chunks))]
    assert b"".join(content[start:stop] for start, stop in spans) == content
    assert [sha256(content[start:stop]) for start, stop in spans] == list(manifest.chunks)


def test_manifest_without_a_self_test_may_say_why():
    manifest = Manifest.parse(manifest_json("self_test", no_self_test="Its outputs are random."))
    assert (manifest.self_test, manifest.no_self_test) == (None, "Its outputs are random.")
    assert Manifest.parse(manifest.to_json()) == manifest
    assert FULL.no_self_test == Manifest.parse(manifest_json("self_test")).no_self_test == ""
    assert "no_self_test" not in GOOD


def self_test_with(**changes):
    """Return a self-test as in a manifest's JSON. changes: fields of its input to replace."""
    return {"inputs": {"image": {"shape": [1], "values": [1], **changes}},
            "outputs": {"probabilities": [1]}, "tolerance": 0}  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("size", -1),
        ("size", 0),
        ("size", 2**60),
        ("size", True),
        ("size", "12"),
        ("sha256", "ABC"),
        ("file", "../secret.onnx"),
        ("file", ".."),
        ("file", "https://elsewhere/model.onnx"),
        ("file", "model.onnx?version=2"),
        ("file", ""),
        ("name", ""),
        ("labels", "0123"),
        ("labels", [1]),
        ("labels", ["yes", "no"]),
        ("inputs", {"name": "image"}),
        ("inputs", [{"name": "image", "dtype": "float32"}]),
        ("inputs", [{"name": "image", "dtype": "seq(tensor(float))", "shape": None}]),
        ("inputs", [{"name": "image", "dtype": "bfloat16", "shape": []}]),
        ("inputs", [{"name": "image", "dtype": "", "shape": []}]),
        ("inputs", [{"name": "image", "dtype": "float32", "shape": [-1]}]),
        ("inputs", [{"name": "image", "dtype": "float32", "shape": 3}]),
        ("inputs", [{"name": "a", "dtype": "float32", "shape": []}] * 2),
        ("outputs", []),
        ("outputs", [{"name": "probabilities", "dtype": "seq(tensor(float))", "shape": None}]),
        ("outputs", [{"name": "p", "dtype": "float32", "shape": [None, 10]}]),
        ("metadata", "none"),
        ("chunks", []),
        ("chunks", GOOD["chunks"][:-1]),
        ("chunks", [*GOOD["chunks"][:-1], "abc"]),
        ("chunk_size", 0),
        ("chunk_size", 3),
        ("self_test", {}),
        ("self_test", self_test_with(shape=[-1])),
        ("self_test", self_test_with(shape=[2**30])),
        ("self_test", self_test_with(values=[])),
        ("self_test", self_test_with(values=[10**400])),
        ("self_test", self_test_with(values=["a", 1])),
        ("self_test", self_test_with(values="")),
        ("self_test", self_test_with(values={})),
        ("self_test", {**self_test_with(), "outputs": {"other": [1]}}),
        ("self_test", {**self_test_with(), "outputs": {}}),
        ("self_test", {**self_test_with(), "tolerance": -1}),
        ("no_self_test", ""),
        ("no_self_test", ["random"]),
    ],
)
def test_wrong_value_of_a_field_is_refused(field, value):
    with pytest.raises(ManifestError):
        Manifest.parse(manifest_json(**{field: value}))


def test_number_of_labels_must_match_an_output():
    with pytest.raises(ManifestError, match=r"2 labels.*'probabilities' is float32 \(N, 10\)"):
        Manifest.parse(manifest_json(labels=["yes", "no"]))
    free = [{"name": "p", "dtype": "float32", "shape": ["N"]}]
    free_test = {**self_test_with(), "outputs": {"p": [1]}}
    parsed = Manifest.parse(manifest_json(labels=["yes", "no"], outputs=free, self_test=free_test))
    assert parsed.labels == ("yes", "no")


def test_error_in_a_self_test_keeps_the_capital_letters_of_an_input():
    spec = {"name": "firstImage", "dtype": "float32", "shape": [1]}
    self_test = {"inputs": {"firstImage": {}}, "outputs": {"y": [1]}, "tolerance": 0}
    outputs = [{"name": "y", "dtype": "float32", "shape": [1]}]
    with pytest.raises(ManifestError, match="`firstImage` has no `"):
        Manifest.parse(manifest_json("labels", inputs=[spec], outputs=outputs, self_test=self_test))


@pytest.mark.parametrize(
    ("dtype", "shape"),
    [("string", [0, "?"]), ("float16", []), ("int4", None), ("uint4", [2]), ("bool", ["N"])],
)
def test_various_dtypes_and_shapes_of_onnxruntime_web_are_accepted(dtype, shape):
    outputs = [
        {"name": "y", "dtype": dtype, "shape": shape},
        {"name": "maps", "dtype": "seq(map(int64,tensor(float)))", "shape": None},
    ]
    changed = manifest_json("self_test", "labels", inputs=outputs[:1], outputs=outputs)
    manifest = Manifest.parse(changed)
    assert [spec.is_tensor for spec in manifest.outputs] == [True, False]
    assert manifest.inputs[0].shape == (shape if shape is None else tuple(shape))
    assert Manifest.parse(manifest.to_json()) == manifest


def test_model_may_have_no_inputs():
    manifest = Manifest.parse(manifest_json("self_test", inputs=[]))
    assert manifest.inputs == ()


def test_error_of_an_input_that_pages_can_not_pass_names_the_possible_types():
    wrong = [{"name": "boxes", "dtype": "seq(tensor(float))", "shape": None}]
    with pytest.raises(ManifestError, match=r"'boxes' has the type seq\(tensor.*float16, float32"):
        Manifest.parse(manifest_json(inputs=wrong))


def test_spec_as_text_is_its_dtype_and_shape():
    assert str(TensorSpec("x", "int64", ("N", 3))) == "int64 (N, 3)"
    assert str(TensorSpec("x", "int64", ())) == "int64 ()"
    assert str(TensorSpec("x", "int64", None)) == "int64 (any shape)"
    assert str(TensorSpec("x", "seq(tensor(float))", None)) == "seq(tensor(float))"


@given(st.text() | json_values.map(json.dumps))
def test_text_that_is_not_a_manifest_raises_manifest_error(text):
    with pytest.raises(ManifestError):
        Manifest.parse(text)


def test_deep_nesting_is_refused():
    with pytest.raises(ManifestError):
        Manifest.parse("[" * 100_000)


@given(st.sampled_from(sorted(GOOD)), json_values)
def test_field_with_any_value_round_trips_or_is_refused(field, value):
    try:
        manifest = Manifest.parse(manifest_json(**{field: value}))
    except ManifestError:
        return
    again = Manifest.parse(manifest.to_json())
    assert again.to_json() == manifest.to_json()


@given(st.sampled_from(["inputs", "outputs", "tolerance"]), json_values)
def test_self_test_with_any_value_parses_or_is_refused(field, value):
    try:
        Manifest.parse(manifest_json(self_test={**GOOD["self_test"], field: value}))
    except ManifestError:
        return
