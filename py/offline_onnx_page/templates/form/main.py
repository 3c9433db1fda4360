"""Run a model on the values in a form."""

import asyncio
import math
import re

from js import console, document

# {{if image}}
from js import createImageBitmap
from pyodide.ffi import JsException

# {{end}}
from pyodide.ffi.wrappers import add_event_listener

from offline_onnx import OfflineModelError, Origin, Tensor
from offline_onnx.browser import BrowserModelStore

# {{if image}}
from offline_onnx.browser.interop import js_object

# {{end}}
from offline_onnx.inference.tensor import values_of

MANIFEST = "{{manifest}}"
# {{if image}}
# {{part pixels}}
# {{end}}


# {{part page}}


# {{part answer}}


# {{if image}}
# {{part picture}}


# {{end}}
async def value_of(fieldset, spec):
    """Return the value of an input, from the fields in its fieldset."""
    controls = list(fieldset.querySelectorAll("input, textarea"))
    # {{if image}}
    if controls[0].type == "file":
        file = controls[0].files.item(0)
        if not file:
            raise ValueError("Choose a picture.")
        return await picture_in(file, fieldset.querySelector("canvas"), spec)
    # {{end}}
    if spec.dtype == "bool" and controls[0].type == "checkbox":
        values = [control.checked for control in controls]
    elif spec.dtype == "string":
        values = [line for each in controls for line in each.value.split("\n")]
    else:
        texts = re.split(r"[\s,;]+", " ".join(control.value for control in controls).strip())
        values = [number(text, spec) for text in texts if text]
    shape = shape_for(spec, len(values))
    if not values:
        values = [0] * math.prod(shape)
    try:
        return Tensor(values_of(values, spec.dtype), shape, spec.dtype)
    except (OverflowError, TypeError, ValueError) as error:
        raise ValueError(f"{spec.name}: {error}.") from error


def number(text, spec):
    """Return the number in a text."""
    try:
        return float(text) if spec.dtype.startswith("float") else int(text)
    except ValueError as error:
        kind = "number" if spec.dtype.startswith("float") else "whole number"
        raise ValueError(f"{spec.name}: {text} is not a {kind}.") from error


def shape_for(spec, count):
    """Return the shape of the values of an input. All variable dimensions but the last are 1."""
    sizes = list(spec.shape or ())
    variable = [axis for axis, size in enumerate(sizes) if isinstance(size, str)]
    for axis in variable:
        sizes[axis] = 1
    fixed = math.prod(sizes)
    if variable and fixed and count % fixed == 0:
        sizes[variable[-1]] = max(1, count // fixed)
    elif count not in (0, fixed):
        raise ValueError(f"{spec.name} needs {fixed:,} numbers. There are {count:,}.")
    return tuple(sizes)


@reporting
async def run():
    """Run the model on the form's values and show its outputs."""
    fieldsets = {each.dataset.input: each for each in document.querySelectorAll("fieldset")}
    inputs = {spec.name: await value_of(fieldsets[spec.name], spec) for spec in model.get_inputs()}
    show_answer(await model.run(inputs), model.labels)


def submitted(event):
    """Run the model instead of sending the form."""
    event.preventDefault()
    # A task to which nothing refers could be deleted before it ends.
    running.append(asyncio.ensure_future(run()))
    del running[:-1]


running = []
model = await load_model()
add_event_listener(element("form"), "submit", submitted)
add_event_listener(element("form"), "change", submitted)
element("run").disabled = False
# {{if image}}
show("answer", "Choose a picture.")
# {{end}}
# {{if no image}}
show("answer", "")
await run()
# {{end}}
