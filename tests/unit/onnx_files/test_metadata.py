"""What a model's file says about itself, compared with what onnxruntime reports."""

from pathlib import Path

import onnx
import onnxruntime
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnxruntime.datasets import get_example

from offline_onnx.onnxruntime_api.metadata import ModelMetadata, read_metadata
from tests.support.small_models import adder, iris

FIELDS = tuple(ModelMetadata.__dataclass_fields__)


def described(content, **fields):
    """Return a model with other fields of its ModelProto.

    Args:
        content: the bytes of a model.
        fields: the fields by name; `metadata` stands for its properties, and `graph_doc` for the
            doc string of its graph.
    """
    model = onnx.load_from_string(content)
    onnx.helper.set_model_props(model, fields.pop("metadata", {}))
    model.graph.doc_string = fields.pop("graph_doc", "")
    for name, value in fields.items():
        setattr(model, name, value)
    return model.SerializeToString()


def metadata_of(content):
    return read_metadata(len(content), lambda start, stop: content[start:stop])


FULL = described(
    iris(),
    metadata={"names": "{0: 'é'}", "": "no key", "empty": ""},
    graph_doc="a graph",
    producer_name="tests",
    domain="org.example",
    doc_string="two\nlines",
    model_version=-3,
)
EXAMPLE = Path(get_example("logreg_iris.onnx")).read_bytes()


@pytest.mark.parametrize("content", [FULL, EXAMPLE, iris(), described(adder(1), model_version=7)])
def test_metadata_is_that_of_onnxruntime(content):
    expected = onnxruntime.InferenceSession(content).get_modelmeta()
    found = metadata_of(content)
    assert {name: getattr(found, name) for name in FIELDS} == {
        name: getattr(expected, name) for name in FIELDS
    }


def test_weights_are_not_read():
    content = adder(1, padding=1_000_000)
    bytes_read = 0

    def read(start, stop):
        nonlocal bytes_read
        bytes_read += stop - start
        return content[start:stop]

    assert read_metadata(len(content), read).graph_name == "g"
    assert bytes_read < 2000


def test_no_metadata_is_read_from_a_file_in_the_format_ort():
    assert metadata_of(b"\x0a\x04abORTM" + FULL) == ModelMetadata()


@given(st.integers(0, len(FULL) - 1), st.binary(max_size=12))
def test_damaged_content_gives_metadata_and_no_error(position, damage):
    found = metadata_of(FULL[:position] + damage + FULL[position + len(damage) :])
    assert isinstance(found, ModelMetadata)
    metadata_of(FULL[:position])
