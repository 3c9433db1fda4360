import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_onnx import Manifest, ManifestError
from tests.unit.fakes import manifest_of

GOOD = json.loads(manifest_of(b"model").to_json())
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


def test_what_is_written_is_read_back():
    manifest = manifest_of(b"model")
    assert Manifest.parse(manifest.to_json()) == manifest


@pytest.mark.parametrize("field", sorted(GOOD))
def test_a_missing_field_is_named(field):
    with pytest.raises(ManifestError, match=field):
        Manifest.parse(json.dumps({key: value for key, value in GOOD.items() if key != field}))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("size", -1),
        ("size", True),
        ("size", "12"),
        ("sha256", "ABC"),
        ("file", "../secret.onnx"),
        ("file", "https://elsewhere/model.onnx"),
        ("file", ""),
        ("labels", "0123"),
        ("labels", [1]),
        ("input", {"name": "image", "dtype": "float32"}),
        ("output", {"name": "p", "dtype": "float32", "shape": [None, 10]}),
        ("metrics", {"accuracy": "high"}),
    ],
)
def test_a_wrong_field_is_refused(field, value):
    with pytest.raises(ManifestError):
        Manifest.parse(json.dumps({**GOOD, field: value}))


@given(st.text() | json_values.map(json.dumps))
def test_anything_else_is_refused_and_nothing_else_is_raised(text):
    with pytest.raises(ManifestError):
        Manifest.parse(text)


@given(st.sampled_from(sorted(GOOD)), json_values)
def test_a_field_of_any_value_is_read_or_refused(field, value):
    try:
        manifest = Manifest.parse(json.dumps({**GOOD, field: value}))
    except ManifestError:
        return
    assert Manifest.parse(manifest.to_json()) == manifest
