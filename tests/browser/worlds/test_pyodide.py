"""The library in plain Pyodide, as npm publishes it: without NumPy and without micropip."""

import pytest

from tests.browser.support import request_log
from tests.browser.support.request_log import origin_of
from tests.browser.support.site_server import SiteServer
from tests.browser.worlds.conftest import PLACES, VERSIONS, open_world
from tests.browser.worlds.documented import FAILURE, documented, expect_stored_model
from tests.support.small_models import adder, write_model
from tests.support.time_limits import page_timeouts_script
from tools import wheels
from tools.env import npm

IMPORTS = f"""{FAILURE}
from offline_onnx.browser.find_runtime import find_runtime
from pyodide.code import run_js
"""


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("place", PLACES)
def test_the_documented_cell_loads_a_model_by_address_and_from_storage(start_world, place, version):
    world = start_world(place, version)
    assert world.run("__import__('pyodide_js').version").startswith(version)
    (cell,) = documented("pyodide.md", world.server)
    world.run(f"{cell}\nNone")
    expect_stored_model(world, cell, has_document=place == "main")


@pytest.mark.parametrize("place", ["main", "blob"])
def test_a_runtime_is_found_verified_loaded_once_and_isolates_models(
    start_world, place, other_origin, subtests
):
    world = start_world(place)
    library, runtime = world.wheels
    world.install(library)
    world.run(f"{IMPORTS}\nNone")
    with subtests.test("without a runtime, an error names four ways to one"):
        expect_missing_runtime_is_reported(world)
    if place == "main":
        with subtests.test("the script of onnxruntime-web"):
            expect_model_runs_with_script(world)
    world.install(runtime)
    with subtests.test("a damaged or incomplete package"):
        expect_damaged_package_is_refused(world)
    with subtests.test("loaded once"):
        assert world.run("(await find_runtime()) is (await find_runtime())")
        assert world.run("(await find_runtime()).env.wasm.numThreads") == 1
    if place == "main":
        with subtests.test("a download from another origin"):
            expect_download_from_another_origin_restarts(world, other_origin)
    with subtests.test("an untrusted model"):
        expect_untrusted_model_is_terminated(world, is_worker=place == "blob")
    if place == "blob":
        with subtests.test("relative addresses"):
            expect_relative_addresses_need_a_base(world)


def expect_missing_runtime_is_reported(world):
    """Expect an error that names all ways to a runtime, before anything is fetched."""
    world.run(f"models = BrowserModelStore(base={world.server.address!r})\nNone")
    kind, message = world.run("await failure(models.load('iris.json'))")
    assert kind == "RuntimeMissing"
    for way in ("runtime=", "`onnxruntime_web`", "the global `ort`", "offline-onnx-runtime"):
        assert way in message
    update = "(lambda update: [update.state.value, type(update.error).__name__])"
    assert world.run(f"{update}(await models.update('iris.json'))") == ["failed", "RuntimeMissing"]
    assert world.server.requests_for("iris.json") == []


def expect_model_runs_with_script(world):
    """Expect that a model runs with the global `ort` of onnxruntime-web's script.

    Afterwards, remove the global.
    """
    world.page.add_script_tag(url="ort/ort.wasm.min.js")
    code = """
model = await BrowserModelStore().load("iris.json")
list((await model.run({"features": [[5.1, 3.5, 1.4, 0.2]]}))["probabilities"].shape)
"""
    assert world.run(code) == [1, 3]
    world.page.evaluate("() => { ort = undefined; }")


CHANGES_OF_PACKAGE = {
    "script.write_bytes(content + b'//')": "is damaged",
    "script.unlink()": "does not have all of its files",
    "digests.unlink()": "does not have all of its files",
}
"""For each change of the runtime's package: words of the error."""


def expect_damaged_package_is_refused(world):
    """Expect that the files of the runtime's package are verified; restore them afterwards."""
    world.run("""
import offline_onnx_runtime
folder = offline_onnx_runtime.FOLDER
script, digests = folder / "ort.wasm.bundle.min.mjs", folder / "digests.json"
content, digests_content = script.read_bytes(), digests.read_bytes()
None
""")
    for change, words in CHANGES_OF_PACKAGE.items():
        world.run(f"{change}\nNone")
        kind, message = world.run("await failure(find_runtime())")
        assert kind == "RuntimeMissing", change
        assert words in message, change
    world.run("script.write_bytes(content), digests.write_bytes(digests_content)\nNone")


def expect_untrusted_model_is_terminated(world, *, is_worker):
    """Expect that an isolated model that runs too long is terminated after three seconds."""
    if is_worker:  # conftest.py lengthens the time limits of pages only
        world.run(f"run_js({page_timeouts_script()!r})\nNone")
    world.run("js_ort = await isolated_runtime()\nNone")
    code = f"""
model = await BrowserModelStore(runtime=js_ort).load("{world.server.address}counter.json")
(await model.run({{"times": 3}}))["count"].values[0]
"""
    assert world.run(code) == 3
    world.run("run_js('globalThis.keepTimeLimits = true')")
    kind, message = world.run('await failure(model.run({"times": 10**15}))')
    assert kind == "SessionError"
    assert "no answer came for 3 seconds" in message


def expect_relative_addresses_need_a_base(world):
    """Expect that a worker started from a Blob opens relative addresses only with a base."""
    code = f"""
from offline_onnx import InferenceSession, load
errors = [
    (await failure(BrowserModelStore().load("iris.json"))),
    (await failure(InferenceSession.create("iris.onnx"))),
]
with_base = await BrowserModelStore(base="{world.server.address}").load("iris.json")
session = await InferenceSession.create("{world.server.address}iris.onnx")
model = await load("{world.server.address}iris.onnx")
[errors, with_base.origin.value, session.get_inputs()[0].name, model.origin.value]
"""
    (models, session), *loaded = world.run(code)
    assert models[0] == session[0] == "BaseMissing"
    assert "BrowserModelStore(base=...)" in models[1]
    assert loaded == ["downloaded", "features", "stored"]


@pytest.fixture
def other_origin(tmp_path_factory):
    """Return a server of another origin with a model. It cuts the first response with the model."""
    folder = tmp_path_factory.mktemp("other-origin")
    write_model(folder, adder(1, 200_000), "adder", chunk_size=1 << 15)
    server = SiteServer(folder)
    server.allowed_origins = "*"
    server.faults["adder.onnx"] = ["cut", None]
    yield server
    server.stop()


def expect_download_from_another_origin_restarts(world, other_origin):
    """Expect that a cut download starts again if its origin refuses requests for ranges."""
    code = f"""
model = await BrowserModelStore().load("{other_origin.address}adder.json")
[model.origin.value, (await model.run({{"x": [[1, 2]]}}))["y"].tolist()]
"""
    assert world.run(code) == ["downloaded", [[2, 3]]]
    assert other_origin.requests == ["/adder.json", "/adder.onnx", "/adder.onnx"]
    assert other_origin.request_headers["/adder.onnx"]["Range"] is None
    assert {origin_of(address) for address in request_log.cross_origin} == {
        origin_of(other_origin.address)
    }
    request_log.cross_origin.clear()


def test_pyodide_loads_the_wheels_by_name_with_the_lock_file_of_a_release(
    page, world_server, tmp_path_factory
):
    release = tmp_path_factory.mktemp("release") / "pyodide"
    written = wheels.write(release, (wheels.LIBRARY, wheels.RUNTIME))
    wheels.write_lock(written)
    for file in (npm.PACKAGES / "pyodide").iterdir():
        if file.name != wheels.PYODIDE_LOCK:
            (release / file.name).symlink_to(file)
    world = open_world(page, world_server, "main", release)
    code = f"""
import pyodide_js
await pyodide_js.loadPackage(["offline-onnx", "offline-onnx-runtime"])
from offline_onnx import load
model = await load("{world_server.address}iris.onnx")
(await model.run({{"features": [[5.1, 3.5, 1.4, 0.2]]}}))["probabilities"].shape
"""
    assert world.run(code) == [1, 3]
