"""The library in plain Pyodide, as npm publishes it: without NumPy and without micropip."""

import re

import pytest

from tests.browser.worlds.conftest import PLACES
from tools.env import venv

DOCUMENT = (venv.ROOT / "docs" / "worlds.md").read_text("utf-8")
EXAMPLE_ADDRESS = "https://example.org/"
MODELS = """
from offline_onnx import *
from offline_onnx.browser import *
from offline_onnx.browser.find_runtime import find_runtime

async def failure(call):
    try:
        await call
    except OfflineModelError as error:
        return type(error).__name__, str(error)
"""


def documented_cell(heading):
    """Return the Python code below a heading of docs/worlds.md."""
    section = DOCUMENT.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    (code,) = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    return code


@pytest.mark.parametrize("place", PLACES)
def test_the_documented_cell_loads_a_model_by_address_and_from_storage(start_world, place):
    world = start_world(place)
    heading = "Plain Pyodide, on a page's main thread or in a worker"
    cell = documented_cell(heading).replace(EXAMPLE_ADDRESS, world.server.address)
    outputs = "[model.origin.value, outputs['probabilities'].tolist()]"
    stored, (probabilities,) = world.run(f"{cell}\n{outputs}")
    assert stored == "stored"
    assert probabilities.index(max(probabilities)) == 0
    assert len(world.server.requests_for("iris.onnx")) == 1
    world.server.stop()
    from_storage = cell[cell.index('model = await models.load("indexeddb://') :]
    assert world.run(f"{from_storage}\n{outputs}") == ["stored", [probabilities]]
    by_address = "await failure(models.load('other.json', name='other'))"
    base = f"models = Models(base={world.server.address!r})\n"
    assert world.run(MODELS + base + by_address)[0] == "ModelUnavailable"


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
    world.run(f"{MODELS}\nmodels = Models(base={world.server.address!r})\nNone")
    kind, message = world.run("await failure(models.load('iris.json'))")
    assert kind == "RuntimeMissing"
    for way in ("js_ort=", "`onnxruntime_web`", "the global `ort`", "offline-onnx-runtime"):
        assert way in message
    update = "(lambda update: [update.state.value, type(update.error).__name__])"
    assert world.run(f"{update}(await models.update('iris.json'))") == ["failed", "RuntimeMissing"]
    assert world.server.requests_for("iris.json") == []


def test_a_model_runs_with_the_script_of_onnxruntime_web(start_world):
    world = start_world("main")
    world.install(world.wheels[0])
    world.page.add_script_tag(url="ort/ort.wasm.min.js")
    code = """
model = await Models().load("iris.json")
list((await model.run({"features": [[5.1, 3.5, 1.4, 0.2]]}))["probabilities"].shape)
"""
    assert world.run(MODELS + code) == [1, 3]


@pytest.mark.parametrize("place", PLACES)
def test_an_untrusted_model_runs_in_a_worker_of_its_own(start_world, place):
    world = start_world(place)
    world.install()
    world.run(f"{MODELS}\njs_ort = await isolated_runtime()\nNone")
    assert world.run("(await isolated_runtime()) is js_ort")
    code = f"""
model = await Models(js_ort=js_ort).load("{world.server.address}counter.json")
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
    kind, message = world.run("await failure(Models().load('iris.json'))")
    assert kind == "BaseMissing"
    assert "Models(base=...)" in message
    loaded = "(await Models(base={!r}).load('iris.json')).origin.value"
    assert world.run(loaded.format(world.server.address)) == "downloaded"


def test_a_worker_refuses_to_save_files_before_anything_is_fetched(start_world):
    world = start_world("worker")
    world.install()
    world.run(f"{MODELS}\nNone")
    kind, message = world.run("await failure(Models().copy('iris.json', 'downloads://'))")
    assert kind == "DocumentMissing"
    assert "indexeddb://" in message
    assert world.server.requests_for("iris.json") == []
