import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_onnx import ManifestError
from offline_onnx.storage.migrate import from_first_schema
from tests.unit.fakes import sha256

FIRST = {
    "name": "digits",
    "version": "1.0.0",
    "file": "digits.onnx",
    "size": 5,
    "sha256": sha256(b"model"),
    "input": {"name": "image", "dtype": "float32", "shape": ["N", 28, 28, 1]},
    "output": {"name": "probabilities", "dtype": "float32", "shape": ["N", 10]},
    "labels": list("0123456789"),
    "metrics": {"mnist_test_accuracy": 0.9966},
}


def test_what_the_first_version_stored_is_a_whole_version_of_one_chunk():
    digest, version = from_first_schema(json.dumps(FIRST), saved=12.0)
    manifest = version.read()
    assert (digest, version.whole, version.saved) == (sha256(b"model"), True, 12.0)
    assert (manifest.chunk_size, manifest.chunks) == (5, (sha256(b"model"),))
    assert manifest.inputs[0].shape == ("N", 28, 28, 1)
    assert manifest.metadata == {"mnist_test_accuracy": 0.9966}


@given(st.sampled_from(sorted(FIRST)), st.none() | st.text() | st.floats() | st.lists(st.none()))
def test_what_is_damaged_is_refused(field, value):
    try:
        from_first_schema(json.dumps({**FIRST, field: value}), saved=0)
    except ManifestError:
        return
    assert isinstance(value, str) or field == "labels"


@pytest.mark.parametrize("text", ["", "{", "[]", json.dumps({**FIRST, "input": 1})])
def test_what_is_no_manifest_is_refused(text):
    with pytest.raises(ManifestError):
        from_first_schema(text, saved=0)
