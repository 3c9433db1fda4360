"""In a page, a worker or PyScript, find the onnxruntime-web that runs the models."""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import TYPE_CHECKING, Any

import js
from js import URL, Array, Blob
from pyodide.code import run_js
from pyodide.ffi import JsException

from offline_onnx.browser.interop import Rejected, call, js_object
from offline_onnx.errors import RuntimeMissing

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from types import ModuleType

MODULES = ("onnxruntime_web", "pyscript.js_modules.onnxruntime_web")
"""The modules that can be onnxruntime-web: one that a page registers, and one of PyScript."""
PACKAGE = "offline_onnx_runtime"
"""The package with the files of onnxruntime-web."""
SCRIPT, CODE = "ort.wasm.bundle.min.mjs", "ort-wasm-simd-threaded.wasm"
"""The files of onnxruntime-web in the package."""
ISOLATED, WORKER = "isolated.js", "model_worker.js"
"""The files in the package that run each model in its own worker."""

type Load = Callable[[ModuleType], Awaitable[Any]]

_loading = asyncio.Lock()
_js_loaded: dict[Load, Any] = {}
"""The results of functions that load from the package.

No function is called again after it has succeeded, because each onnxruntime-web that it loads has
its own memory.
"""


async def find_runtime() -> Any:
    """Return onnxruntime-web: the first of these that exists.

    1. The module `onnxruntime_web`, which a page registers with `pyodide.registerJsModule`.
    2. The module `onnxruntime_web` in PyScript's `js_modules`.
    3. The global `ort`, which onnxruntime-web's own script creates.
    4. The files in the package `offline_onnx_runtime`, which need neither a server nor a CDN.

    Raises:
        RuntimeMissing: there is none, or the files in the package can't be loaded.

    """
    for name in MODULES:
        try:
            return import_module(name)
        except ModuleNotFoundError:
            continue
    js_ort = getattr(js, "ort", None)
    if hasattr(js_ort, "InferenceSession"):  # an element with the id "ort" is a global, too
        return js_ort
    return await _load_once(_load)


async def find_isolated_runtime(limits: Mapping[str, float]) -> Any:
    """Return the page's onnxruntime-web for untrusted models, or else that of the package.

    Args:
        limits: "seconds", "memory" and "output"; see `isolated_runtime`.

    Raises:
        RuntimeMissing: there is none, or it can't be loaded.

    """
    try:
        js_page = import_module("isolated_onnxruntime_web")
    except ModuleNotFoundError:
        js_isolated, address, js_files = await _load_once(_load_isolated)
        return js_isolated.isolatedFrom(address, js_files, js_object(limits))
    try:
        return await call(js_page, "isolatedRuntime", js_object(limits))
    except Rejected as error:
        raise RuntimeMissing(str(error)) from error


async def _load_once(load: Load) -> Any:
    """Return the result of `load` for the package; don't call it again after it has succeeded."""
    try:
        package = import_module(PACKAGE)
    except ModuleNotFoundError as error:
        raise RuntimeMissing("there is none") from error
    async with _loading:
        try:
            if load not in _js_loaded:
                _js_loaded[load] = await load(package)
        except (KeyError, OSError) as error:
            why = f"the package {PACKAGE} does not have all of its files: {error}"
            raise RuntimeMissing(why) from error
        except (JsException, Rejected) as error:
            raise RuntimeMissing(str(error)) from error
        return _js_loaded[load]


async def _load(package: ModuleType) -> Any:
    """Return onnxruntime-web from the package."""
    js_script, js_code = await _read(package, SCRIPT, CODE)
    js_ort = await _import(js_script)
    js_ort.env.wasm.numThreads = 1
    js_ort.env.wasm.wasmBinary = js_code.buffer
    return js_ort


async def _load_isolated(package: ModuleType) -> tuple[Any, str, Any]:
    """Load the onnxruntime-web for untrusted models from the package.

    Returns:
        The module isolated.js, the address of the worker's script, and the files that the worker
        needs. The last two are arguments of `isolatedFrom`, a function of the module.

    """
    names = (ISOLATED, WORKER, SCRIPT, CODE)
    js_isolated, js_worker, js_script, js_code = await _read(package, *names)
    js_module = await call(js.WebAssembly, "compile", js_code)
    js_files = js_object({"module": js_module, "script": _address_of(js_script)})
    return await _import(js_isolated), _address_of(js_worker), js_files


async def _read(package: ModuleType, *names: str) -> list[Any]:
    """Return files of the package as Uint8Arrays; their bytes don't enter Python's heap."""
    from pyodide_js import FS  # here, because a snapshot of Python's memory can't contain it

    digests = package.digests()
    paths = [(package.FOLDER / name).resolve(strict=True) for name in names]
    js_contents = [FS.readFile(str(path)) for path in paths]
    for name, js_content in zip(names, js_contents, strict=True):
        js_digest = await call(js.crypto.subtle, "digest", "SHA-256", js_content)
        if js_digest.to_bytes().hex() != digests[name]:
            raise RuntimeMissing(f"{name} in the package {PACKAGE} is damaged")
    return js_contents


async def _import(js_script: Any) -> Any:
    """Import a JavaScript module from its bytes."""
    address = _address_of(js_script)
    try:
        js_importer = run_js("({ load: (address) => import(address) })")
        return await call(js_importer, "load", address)
    finally:
        URL.revokeObjectURL(address)


def _address_of(js_script: Any) -> str:
    """Return the URL of a new Blob with the bytes of a script."""
    js_blob = Blob.new(Array.of(js_script), js_object({"type": "text/javascript"}))
    return str(URL.createObjectURL(js_blob))
