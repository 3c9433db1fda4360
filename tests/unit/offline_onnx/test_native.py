"""Sessions of native onnxruntime, and the released model."""

import asyncio
from array import array
from dataclasses import replace

import pytest

from offline_onnx import IntegrityError, Manifest, SessionError, Tensor
from offline_onnx.describe import describe
from offline_onnx.native import NativeSession, load_model
from tools.site.bundle import MODEL


@pytest.fixture(scope="module")
def session():
    return NativeSession((MODEL / "digits.onnx").read_bytes())


def test_released_model_matches_its_manifest():
    model = asyncio.run(load_model(MODEL / "digits.json"))
    assert [str(spec) for spec in model.get_inputs()] == ["float32 (N, 28, 28, 1)"]
    outputs = {spec.name: str(spec) for spec in model.get_outputs()}
    assert list(outputs)[:2] == ["probabilities", "is_digit"]
    assert outputs["probabilities"] == outputs["distances"] == "float32 (N, 10)"
    assert (outputs["is_digit"], outputs["features"]) == ("float32 (N, 1)", "float32 (N, 64)")
    assert model.labels == tuple("0123456789")
    assert model.metadata["mnist_test_accuracy"] >= 0.995
    asyncio.run(model.self_test())


def test_describe_returns_the_released_manifest():
    written = Manifest.parse((MODEL / "digits.json").read_text("utf-8"))
    content = (MODEL / "digits.onnx").read_bytes()
    description = describe(
        content,
        name=written.name,
        version=written.version,
        file=written.file,
        labels=written.labels,
        metadata=written.metadata,
    )
    described = asyncio.run(description)
    # Processors round differently, so the last digits of the self-test's outputs may differ.
    assert replace(described, self_test=written.self_test) == written
    assert replace(described.self_test, outputs=written.self_test.outputs) == written.self_test
    assert described.self_test.outputs == {
        name: pytest.approx(values, rel=1e-4, abs=1e-6)
        for name, values in written.self_test.outputs.items()
    }


@pytest.mark.parametrize("damage", [b"", b"more"])
def test_file_that_does_not_match_its_manifest_is_not_opened(tmp_path, damage):
    content = (MODEL / "digits.onnx").read_bytes()
    (tmp_path / "digits.json").write_bytes((MODEL / "digits.json").read_bytes())
    (tmp_path / "digits.onnx").write_bytes(content + damage if damage else content[::-1])
    with pytest.raises(IntegrityError, match=r"digits\.onnx"):
        asyncio.run(load_model(tmp_path / "digits.json"))


@pytest.mark.parametrize("count", [1, 3])
def test_session_returns_probabilities_for_every_image(session, count):
    images = Tensor(array("f", [0.5]) * (784 * count), (count, 28, 28, 1))
    probabilities = asyncio.run(session.run({"image": images}))["probabilities"]
    assert probabilities.shape == (count, 10)
    assert sum(probabilities.values) == pytest.approx(count, abs=1e-5)


def test_session_refuses_an_input_with_a_wrong_shape_or_name(session):
    with pytest.raises(SessionError):
        asyncio.run(session.run({"image": Tensor(array("f", [0.0]) * 4, (1, 2, 2, 1))}))
    with pytest.raises(SessionError):
        asyncio.run(session.run({"picture": Tensor(array("f", [0.0]) * 784, (1, 28, 28, 1))}))


@pytest.mark.parametrize("content", [b"", b"not a model", b"<html></html>"])
def test_session_refuses_bytes_that_are_not_a_model(content):
    with pytest.raises(SessionError):
        NativeSession(content)


def test_released_session_does_not_run_and_can_be_released_again():
    session = NativeSession((MODEL / "digits.onnx").read_bytes())
    asyncio.run(session.release())
    asyncio.run(session.release())
    with pytest.raises(SessionError, match="released"):
        asyncio.run(session.run({}))
