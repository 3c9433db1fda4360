"""The page of the fault tests: loads and lists models with the library, and returns JSON."""

import asyncio
import json
import traceback

import js
import onnxruntime_web
from pyodide.ffi import create_proxy

from offline_onnx import OfflineModelError, Origin, integrity
from offline_onnx.browser import Models, http

NAME = "model"
INPUTS = 64
PATIENCE = 25.0
"""Seconds within which the search for a newer version has to end."""


# Smaller than a chunk, so that these small models have block digests.
integrity.BLOCK_SIZE = 16 * 1024

_models = {}


def models(database):
    """Return the models of a database, the same object for as long as the page is open."""
    return _models.setdefault(database, Models(database=database))


async def load(address, database, stall):
    """Load and run a model, and wait for the outcome of the search for a newer version.

    `stall` is after how many seconds without a byte the library cancels a download.
    """
    http.STALL = stall
    outcome = asyncio.get_running_loop().create_future()
    try:
        model = await models(database).load(address, name=NAME, on_update=outcome.set_result)
        answer = await model.run({"x": [[0.0] * INPUTS]})
    except Exception as error:
        return _failed(error)
    result = {
        "origin": model.origin.value,
        "warning": _name(model.warning),
        "version": model.manifest.version,
        "sha256": model.manifest.sha256,
        "output": answer["y"].values[0],
        "session": model.session._js_session.digest,
        "update": None,
    }
    if model.origin is Origin.STORED:
        try:
            update = await asyncio.wait_for(outcome, PATIENCE)
        except TimeoutError:
            return json.dumps(result)
        version = update.manifest.version if update.manifest else None
        result["update"] = [update.state.value, version, _name(update.error)]
    return json.dumps(result)


async def listing(database):
    """Return the version that is stored under each name."""
    try:
        stored = await models(database).list()
    except Exception as error:
        return _failed(error)
    return json.dumps({name: info.manifest.version for name, info in stored.items()})


async def has_chunk(database, sha256, index):
    """Return whether a chunk of an incomplete version is stored."""
    return await models(database).model_store.store.chunk(NAME, sha256, index) is not None


def _name(error):
    return error and type(error).__name__


def _failed(error):
    known = isinstance(error, OfflineModelError)
    message = str(error) if known else "".join(traceback.format_exception(error))
    return json.dumps({"error": _name(error), "why": _name(error.__cause__), "message": message})


js.watchSessions(onnxruntime_web.InferenceSession)
js.probeLoad = create_proxy(load)
js.probeList = create_proxy(listing)
js.probeChunk = create_proxy(has_chunk)
js.document.documentElement.dataset.probe = "ready"
