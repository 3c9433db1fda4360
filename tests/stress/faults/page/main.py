"""The page of the fault tests: functions that the tests call."""

import asyncio
import json
import traceback

import js
import onnxruntime_web
from pyodide.ffi import create_proxy

from offline_onnx import OfflineModelError, Origin, integrity
from offline_onnx.browser import BrowserModelStore, http

NAME = "model"
INPUTS = 64
"""The number of values in the model's input: see `versions.INPUTS`."""
UPDATE_TIMEOUT = 25.0
"""Seconds to wait until the library has checked for a newer version."""


# Blocks must be smaller than chunks; otherwise these small models would have no block digests.
integrity.BLOCK_SIZE = 16 * 1024

_models = {}


def models_of(database):
    """Return the `BrowserModelStore` of a database, the same one until the page is closed."""
    return _models.setdefault(database, BrowserModelStore(database=database))


async def load(address, database, stall):
    """Load and run a model. If it was stored, wait for the check for a newer version.

    Args:
        address: The address of the manifest.
        database: The database in which the library stores the model.
        stall: Seconds without new bytes after which the library cancels a download.

    Returns:
        The outcome as JSON.
    """
    http.STALL_TIMEOUT = stall
    update_check = asyncio.get_running_loop().create_future()
    try:
        model = await models_of(database).load(
            address, name=NAME, on_update=update_check.set_result
        )
        outputs = await model.run({"x": [[0.0] * INPUTS]})
    except Exception as error:
        return _error_json(error)
    result = {
        "origin": model.origin.value,
        "is_stored": model.is_stored,
        "warning": _type_name(model.warning),
        "version": model.manifest.version,
        "sha256": model.manifest.sha256,
        "output": outputs["y"].values[0],
        "session": model.session._js_session.digest,  # set by watchSessions in recorder.js
        "update": None,
    }
    if model.origin is Origin.STORED:
        try:
            update = await asyncio.wait_for(update_check, UPDATE_TIMEOUT)
        except TimeoutError:
            return json.dumps(result)
        version = update.manifest.version if update.manifest else None
        result["update"] = [update.state.value, version, _type_name(update.error)]
    return json.dumps(result)


async def list_stored(database):
    """Return the version of each stored model, by the model's address, as JSON; or the error."""
    try:
        stored = await models_of(database).list()
    except Exception as error:
        return _error_json(error)
    return json.dumps({address: info.manifest.version for address, info in stored.items()})


async def has_chunk(database, sha256, index):
    """Return whether a chunk of an incomplete version is stored."""
    return await models_of(database).model_store.store.chunk(NAME, sha256, index) is not None


def _type_name(error):
    return error and type(error).__name__


def _error_json(error):
    known = isinstance(error, OfflineModelError)
    message = str(error) if known else "".join(traceback.format_exception(error))
    return json.dumps(
        {"error": _type_name(error), "cause": _type_name(error.__cause__), "message": message}
    )


js.watchSessions(onnxruntime_web.InferenceSession)
js.probeLoad = create_proxy(load)
js.probeList = create_proxy(list_stored)
js.probeChunk = create_proxy(has_chunk)
js.document.documentElement.dataset.probe = "ready"
