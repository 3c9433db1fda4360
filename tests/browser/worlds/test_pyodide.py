"""The library in plain Pyodide, as npm publishes it: without NumPy and without micropip."""

import pytest

from tests.browser.support import request_log
from tests.browser.support.request_log import origin_of
from tests.browser.support.site_server import SiteServer
from tests.browser.worlds.conftest import PLACES, VERSIONS
from tests.browser.worlds.documented import FAILURE, documented, expect_stored_model
from tests.support.small_models import adder, write_model

MODELS = f"{FAILURE}\nfrom offline_onnx.browser.find_runtime import find_runtime\n"


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("place", PLACES)
def test_the_documented_cell_loads_a_model_by_address_and_from_storage(start_world, place, version):
    world = start_world(place, version)
    assert world.run("__import__('pyodide_js').version").startswith(version)
    (cell,) = documented("pyodide.md", world.server)
    world.run(f"{cell}\nNone")
    expect_stored_model(world, cell, has_document=place == "main")


def test_the_runtime_in_the_package_is_loaded_once(start_world):
    world = start_world("main")
    world.install()
    world.run(f"{MODELS}\nNone")
    assert world.run("(await find_runtime()) is (await find_runtime())")
    assert world.run("(await find_runtime()).env.wasm.numThreads") == 1


@pytest.mark.parametrize("place", ["main", "blob"])
def test_without_a_runtime_the_error_says_the_four_ways_before_anything_is_fetched(
    start_world, place
):
    world = start_world(place)
    library, _ = world.wheels
    world.install(library)
    world.run(f"{MODELS}\nmodels = BrowserModelStore(base={world.server.address!r})\nNone")
    kind, message = world.run("await failure(models.load('iris.json'))")
    assert kind == "RuntimeMissing"
    for way in ("runtime=", "`onnxruntime_web`", "the global `ort`", "offline-onnx-runtime"):
        assert way in message
    update = "(lambda update: [update.state.value, type(update.error).__name__])"
    assert world.run(f"{update}(await models.update('iris.json'))") == ["failed", "RuntimeMissing"]
    assert world.server.requests_for("iris.json") == []


def test_a_model_runs_with_the_script_of_onnxruntime_web(start_world):
    world = start_world("main")
    world.install(world.wheels[0])
    world.page.add_script_tag(url="ort/ort.wasm.min.js")
    code = """
model = await BrowserModelStore().load("iris.json")
list((await model.run({"features": [[5.1, 3.5, 1.4, 0.2]]}))["probabilities"].shape)
"""
    assert world.run(MODELS + code) == [1, 3]


@pytest.mark.parametrize("place", ["main", "blob"])
def test_an_untrusted_model_is_terminated_after_three_seconds(start_world, place):
    world = start_world(place)
    world.install()
    world.run(f"{MODELS}\njs_ort = await isolated_runtime()\nNone")
    code = f"""
model = await BrowserModelStore(runtime=js_ort).load("{world.server.address}counter.json")
(await model.run({{"times": 3}}))["count"].values[0]
"""
    assert world.run(code) == 3
    world.page.evaluate("() => { window.keepTimeLimits = true; }")
    kind, message = world.run('await failure(model.run({"times": 10**15}))')
    assert kind == "SessionError"
    assert "no answer came for 3 seconds" in message


def test_a_damaged_or_incomplete_runtime_is_refused(start_world, subtests):
    world = start_world("main")
    world.install()
    script = f"{MODELS}\nimport offline_onnx_runtime\nfolder = offline_onnx_runtime.FOLDER\n"
    world.run(f"{script}content = (folder / 'ort.wasm.bundle.min.mjs').read_bytes()\nNone")
    for change, words in (
        ("(folder / 'ort.wasm.bundle.min.mjs').write_bytes(content + b'//')", "is damaged"),
        ("(folder / 'ort.wasm.bundle.min.mjs').unlink()", "does not have all of its files"),
        ("(folder / 'digests.json').unlink()", "does not have all of its files"),
    ):
        with subtests.test(change):
            world.run(f"{change}\nNone")
            kind, message = world.run("await failure(find_runtime())")
            assert kind == "RuntimeMissing"
            assert words in message


def test_a_worker_from_a_blob_needs_a_base_for_relative_addresses(start_world):
    world = start_world("blob")
    world.install()
    world.run(f"{MODELS}\nNone")
    kind, message = world.run("await failure(BrowserModelStore().load('iris.json'))")
    assert kind == "BaseMissing"
    assert "BrowserModelStore(base=...)" in message
    loaded = "(await BrowserModelStore(base={!r}).load('iris.json')).origin.value"
    assert world.run(loaded.format(world.server.address)) == "downloaded"


def test_a_download_goes_on_from_another_origin_that_refuses_requests_for_ranges(
    start_world, tmp_path_factory
):
    folder = tmp_path_factory.mktemp("other-origin")
    write_model(folder, adder(1, 200_000), "adder", chunk_size=1 << 15)
    other = SiteServer(folder)
    other.allowed_origins = "*"
    other.faults["adder.onnx"] = ["cut", None]
    world = start_world("main")
    world.install()
    code = f"""
model = await BrowserModelStore().load("{other.address}adder.json")
[model.origin.value, (await model.run({{"x": [[1, 2]]}}))["y"].tolist()]
"""
    assert world.run(MODELS + code) == ["downloaded", [[2, 3]]]
    assert other.requests == ["/adder.json", "/adder.onnx", "/adder.onnx"]
    assert other.request_headers["/adder.onnx"]["Range"] is None
    other.stop()
    assert {origin_of(address) for address in request_log.cross_origin} == {
        origin_of(other.address)
    }
    request_log.cross_origin.clear()
