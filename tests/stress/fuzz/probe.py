"""Runs in the page's own Python: loads a hostile model over HTTP with the library."""

import json
import math
import traceback
from contextlib import suppress

from digits.page.device.published_model import DATABASE
from offline_onnx import OfflineModelError, Tensor
from offline_onnx.browser import BrowserModelStore, isolated_runtime
from offline_onnx.errors import NotStored
from offline_onnx.inference.tensor import STRING, zeros
from offline_onnx.storage.source import STORED_SCHEME

NAME = "hostile"
MAX_VALUES = 1 << 20
"""Maximum number of values of an input. A hostile manifest may declare more."""


async def prepare():
    """Start the runtime before the first case, so that no case has to wait for it."""
    await isolated_runtime()


async def load(address):
    """Load, run and remove a model, in the store that also has the page's own model.

    Returns:
        JSON of an outcome ("working", "refused" or "broken") and a message.
    """
    models = BrowserModelStore(database=DATABASE, runtime=await isolated_runtime())
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
        await models.remove(f"{STORED_SCHEME}{NAME}")
    return json.dumps(outcome)


def _zeros(spec):
    """Return a tensor of zeros for an input of the model."""
    shape = tuple(size if isinstance(size, int) else 1 for size in spec.shape or ())
    if math.prod(shape) > MAX_VALUES:
        shape = (1,)
    count = math.prod(shape)
    values = [""] * count if spec.dtype == STRING else zeros(count, spec.dtype)
    return Tensor(values, shape, spec.dtype)
