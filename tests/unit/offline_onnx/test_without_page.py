"""The browser's part of the library in Pyodide under Node: without page, worker and storage."""

import json

import pytest

from tools import wheels
from tools.env import npm

SCRIPT = """
import { readFileSync } from "node:fs";
const [pyodideFolder, wheel, code] = process.argv.slice(2);
const { loadPyodide } = await import(`${pyodideFolder}/pyodide.mjs`);
const pyodide = await loadPyodide();
pyodide.unpackArchive(Uint8Array.from(readFileSync(wheel)), "wheel");
try {
  console.log(await pyodide.runPythonAsync(code));
} catch (error) {
  console.log(String(error).trim().split("\\n").pop()); // without Pyodide's code, 1 MB in one line
  process.exit(1);
}
"""
PRELUDE = """
import json, sys, types
import js, pyodide_js
from pyodide.code import run_js
from offline_onnx import *
from offline_onnx.browser import *
from offline_onnx.errors import *
from offline_onnx.browser.find_runtime import find_runtime

async def failure(call):
    try:
        await call
    except OfflineModelError as error:
        return type(error).__name__, str(error)

def fake(name):
    return run_js("(name) => ({ name, InferenceSession: {} })")(name)

results = {}
"""
CODE = """
results["globals"] = [name for name in ("document", "window", "localStorage") if hasattr(js, name)]
results["no runtime"] = await failure(BrowserModelStore().load("iris.json"))
update = await BrowserModelStore(base="https://example.org/").update("iris.json")
results["update"] = [update.state.value, type(update.error).__name__]
models = BrowserModelStore(runtime=fake("given"))
results["no base"] = await failure(models.load("iris.json"))
results["no folder"] = await failure(models.load("data:application/json,{}"))
results["no document"] = await failure(models.copy("iris.json", "downloads://"))
found = results["found"] = []
js.ort = run_js("({ name: 'no runtime' })")
found.append((await failure(find_runtime()))[0])
js.ort = fake("global")
found.append((await find_runtime()).name)
for name in ("pyscript", "pyscript.js_modules"):
    sys.modules[name] = types.ModuleType(name)
sys.modules["pyscript.js_modules.onnxruntime_web"] = fake("PyScript's")
found.append((await find_runtime()).name)
pyodide_js.registerJsModule("onnxruntime_web", fake("registered"))
found.append((await find_runtime()).name)
try:
    BrowserModelStore(base="models/")
except BaseMissing as error:
    results["base"] = str(error)
json.dumps(results)
"""


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Run CODE in Pyodide under Node and return its results."""
    folder = tmp_path_factory.mktemp("node")
    script = folder / "run.mjs"
    script.write_text(SCRIPT, "utf-8")
    (wheel,) = wheels.write(folder, [wheels.LIBRARY])
    arguments = map(str, (script, npm.PACKAGES / "pyodide", wheel, PRELUDE + CODE))
    return json.loads(npm.node("Running Python", *arguments))


def test_the_library_imports_without_a_page(results):
    assert results["globals"] == []


def test_a_registered_runtime_precedes_pyscripts_and_the_global_one(results):
    """The order is: the registered one, PyScript's, the global one."""
    assert results["found"] == ["RuntimeMissing", "global", "PyScript's", "registered"]


def test_a_missing_runtime_is_reported_with_the_ways_to_provide_it(results):
    kind, message = results["no runtime"]
    assert kind == "RuntimeMissing"
    for way in ("runtime=", "`onnxruntime_web`", "the global `ort`", "offline-onnx-runtime"):
        assert way in message
    assert results["update"] == ["failed", "RuntimeMissing"]


def test_a_relative_address_without_a_base_is_refused(results):
    kind, message = results["no base"]
    assert kind == "BaseMissing"
    assert "`BrowserModelStore(base=...)`" in message
    assert "models/ can't be used as an address" in results["base"]


def test_an_address_without_a_folder_is_refused(results):
    kind, message = results["no folder"]
    assert kind == "AddressError"
    assert "has no folder" in message


def test_a_download_to_disk_without_a_document_is_refused(results):
    kind, message = results["no document"]
    assert kind == "DocumentMissing"
    assert "indexeddb://NAME" in message
