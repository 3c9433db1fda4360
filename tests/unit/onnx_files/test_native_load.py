"""`load` and `InferenceSession.create` on CPython: files, addresses and their errors."""

import asyncio
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from offline_onnx import GraphOptimizationLevel, InferenceSession, Origin, SessionOptions, load
from offline_onnx.errors import (
    BadStatus,
    IntegrityError,
    ManifestError,
    NotStored,
    ProviderUnavailable,
    Unreachable,
)
from tests.support.small_models import adder, with_external_data, write_model


class Handler(SimpleHTTPRequestHandler):
    """Serve a folder and record the header X-Key of each request."""

    keys = []  # noqa: RUF012  # shared by all requests

    def do_GET(self):  # the base class's name
        self.keys.append(self.headers.get("X-Key"))
        if self.path == "/ends-early.onnx":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            return
        super().do_GET()

    def log_message(self, *_arguments):
        """Log nothing."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with a model and its manifest."""
    folder = tmp_path_factory.mktemp("served")
    write_model(folder, adder(1), "adder", labels=["a", "b"])
    return folder


@pytest.fixture(scope="module")
def address(folder):
    """Yield the address of a server of the folder."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=folder))
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def answer(source, **options):
    """Load a model, and return it with its answer to [[1, 2]]."""

    async def run():
        model = await load(source, **options)
        return model, (await model.run({"x": [[1, 2]]}))["y"].tolist()

    return asyncio.run(run())


@pytest.mark.parametrize("name", ["adder.onnx", "adder.json"])
def test_a_model_is_loaded_from_a_file_and_from_an_address(folder, address, name):
    for source in (folder / name, str(folder / name), f"{address}{name}?v=1"):
        model, values = answer(source)
        assert (model.origin, model.manifest.file) == (Origin.FILE, "adder.onnx")
        assert values == [[2, 3]]


def test_headers_are_sent_with_every_request(address):
    Handler.keys.clear()
    answer(f"{address}adder.json", headers={"X-Key": "secret"})
    assert Handler.keys == ["secret", "secret"]


def test_a_session_is_created_from_an_address(address):
    session = asyncio.run(InferenceSession.create(f"{address}adder.onnx"))
    assert session.get_inputs()[0].shape == ["N", 2]


@pytest.mark.parametrize("name", ["adder.onnx", "adder.json"])
def test_options_reach_the_session_and_a_missing_provider_is_a_warning(folder, name):
    options = SessionOptions(GraphOptimizationLevel.ORT_DISABLE_ALL, intra_op_num_threads=2)
    with pytest.warns(UserWarning, match="webgpu is not used"):
        model, values = answer(folder / name, options=options, providers=["webgpu", "cpu"])
    used = model.session._session.get_session_options()
    assert (int(used.graph_optimization_level), used.intra_op_num_threads) == (0, 2)
    assert values == [[2, 3]]
    assert isinstance(model.warning, ProviderUnavailable)


def test_weights_in_another_file_are_passed_with_the_options(folder, address):
    model, files = with_external_data(1, "bias.bin")
    weights = files["bias.bin"]
    (folder / "external.onnx").write_bytes(model)
    with pytest.raises(FileNotFoundError, match=r"bias\.bin"):
        answer(folder / "external.onnx")
    options = SessionOptions()
    add = options.add_external_initializers_from_files_in_memory
    with pytest.raises(ValueError, match=r"bias\.bin has 8 bytes instead of 9"):
        add(["bias.bin"], [weights], [9])
    add(["bias.bin"], [weights], [len(weights)])
    assert answer(folder / "external.onnx", options=options)[1] == [[2, 3]]
    # The server does not have the weights, so a request for them would fail.
    session = asyncio.run(InferenceSession.create(f"{address}external.onnx", options))
    assert session.get_inputs()[0].shape == ["N", 2]


def test_a_relative_address_starts_from_the_base(address, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert answer("adder.json", base=address)[1] == [[2, 3]]
    with pytest.raises(FileNotFoundError):
        answer("adder.json")


@pytest.mark.parametrize("name", ["adder.onnx", "adder.json"])
def test_a_model_must_have_the_wanted_sha256(folder, name):
    digest = answer(folder / name)[0].manifest.sha256
    assert answer(folder / name, sha256=digest.upper())[1] == [[2, 3]]
    with pytest.raises(IntegrityError, match=digest):
        answer(folder / name, sha256="0" * 64)


def test_a_failure_raises_an_error_of_the_library_or_file_not_found_error(folder, address):
    with pytest.raises(BadStatus, match="404"):
        answer(f"{address}missing.onnx")
    with pytest.raises(Unreachable):
        answer("http://127.0.0.1:1/adder.onnx")
    with pytest.raises(Unreachable, match="IncompleteRead"):
        answer(f"{address}ends-early.onnx")
    with pytest.raises(FileNotFoundError):
        answer(folder / "missing.onnx")
    with pytest.raises(NotStored):
        answer("indexeddb://adder")
    with pytest.raises(NotStored):
        answer(f"{address}adder.onnx", only_if_stored=True)
    with pytest.raises(NotStored):
        asyncio.run(InferenceSession.create("indexeddb://adder"))
    (folder / "wrong.json").write_text("[]", "utf-8")
    with pytest.raises(ManifestError):
        answer(folder / "wrong.json")
    (folder / "damaged.json").write_text(
        (folder / "adder.json").read_text("utf-8").replace("adder.onnx", "damaged.json"), "utf-8"
    )
    with pytest.raises(IntegrityError):
        answer(folder / "damaged.json")
