import asyncio
from array import array

import pytest

from offline_onnx import Manifest, SessionError, Tensor
from offline_onnx.native import NativeSession
from tools.bundle import MODEL


@pytest.fixture(scope="module")
def session():
    return NativeSession((MODEL / "digits.onnx").read_bytes())


def test_the_released_model_is_the_one_its_manifest_names():
    import hashlib

    content = (MODEL / "digits.onnx").read_bytes()
    manifest = Manifest.parse((MODEL / "digits.json").read_text())
    assert (len(content), hashlib.sha256(content).hexdigest()) == (manifest.size, manifest.sha256)
    assert (manifest.input.name, manifest.input.shape) == ("image", ("N", 28, 28, 1))
    assert (manifest.output.name, manifest.output.shape) == ("probabilities", ("N", 10))
    assert manifest.labels == tuple("0123456789")
    assert manifest.metrics["mnist_test_accuracy"] >= 0.995


@pytest.mark.parametrize("count", [1, 3])
def test_probabilities_come_out_for_every_image(session, count):
    images = Tensor(array("f", [0.5]) * (784 * count), (count, 28, 28, 1))
    probabilities = asyncio.run(session.run({"image": images}))["probabilities"]
    assert probabilities.shape == (count, 10)
    assert sum(probabilities.values) == pytest.approx(count, abs=1e-5)


def test_an_input_that_does_not_fit_is_refused(session):
    with pytest.raises(SessionError):
        asyncio.run(session.run({"image": Tensor(array("f", [0.0]) * 4, (1, 2, 2, 1))}))
    with pytest.raises(SessionError):
        asyncio.run(session.run({"picture": Tensor(array("f", [0.0]) * 784, (1, 28, 28, 1))}))


@pytest.mark.parametrize("content", [b"", b"not a model", b"<html></html>"])
def test_what_is_no_model_is_refused(content):
    with pytest.raises(SessionError):
        NativeSession(content)
