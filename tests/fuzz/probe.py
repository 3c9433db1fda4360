"""Runs in the page, on its own Python: the library loads a hostile model over HTTP."""

import json
import traceback
from contextlib import suppress

from digits.page import main
from digits.page.own_model import DATABASE
from offline_onnx import NotStored, OfflineModelError, Tensor
from offline_onnx.browser import Models
from offline_onnx.library import SCHEME
from offline_onnx.tensor import TYPECODES

NAME = "hostile"


async def load(address):
    """Load, keep and run it, beside the page's own model in the same store, then remove it."""
    js_ort = await main.page.js_boot.isolatedRuntime()
    models = Models(database=DATABASE, js_ort=js_ort)
    try:
        model = await models.load(address, name=NAME)
        try:
            await model.run({spec.name: _zeros(spec) for spec in model.get_inputs()})
        finally:
            await model.session.release()
        outcome = "working", ""
    except OfflineModelError as error:
        outcome = "refused", str(error)
    except Exception as error:
        outcome = "broken", "".join(traceback.format_exception(error))
    with suppress(NotStored):
        await models.remove(f"{SCHEME}{NAME}")
    return json.dumps(outcome)


def _zeros(spec):
    from array import array
    from math import prod

    shape = tuple(size if isinstance(size, int) else 1 for size in spec.shape)
    count = min(prod(shape), 1 << 20)
    return Tensor(array(TYPECODES[spec.dtype], bytes(8 * count))[:count], (count,), spec.dtype)
