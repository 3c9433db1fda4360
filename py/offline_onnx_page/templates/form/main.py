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
    """Return the value of an input, from the fields in its element."""
    controls = list(fieldset.querySelectorAll("input, select, textarea"))
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
        if any(control.type == "number" and not control.value for control in controls):
            raise ValueError(f"{name_of(spec)}: a number is missing.")
        texts = re.split(r"[\s,;]+", " ".join(control.value for control in controls).strip())
        values = [number(text, spec) for text in texts if text]
    shape = shape_for(spec, len(values))
    if not values:
        values = [0] * math.prod(shape)
    return Tensor(values_of(values, spec.dtype), shape, spec.dtype)


def name_of(spec):
    """Return the name of an input for people."""
    return spec.name.replace("_", " ")


def number(text, spec):
    """Return the number in a text."""
    is_float = spec.dtype.startswith("float")
    try:
        value = float(text) if is_float else int(text)
    except ValueError as error:
        kind = "number" if is_float else "whole number"
        raise ValueError(f"{name_of(spec)}: {text} is not a {kind}.") from error
    try:
        values_of([value], spec.dtype)
    except (OverflowError, ValueError) as error:
        size = "small" if value < 0 else "large"
        raise ValueError(f"{name_of(spec)}: {text} is too {size}.") from error
    return value


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
        raise ValueError(f"{name_of(spec)} needs {fixed:,} numbers. There are {count:,}.")
    return tuple(sizes)


@reporting
async def run():
    """Run the model on the form's values and show its outputs."""
    try:
        elements = {each.dataset.input: each for each in document.querySelectorAll("[data-input]")}
        inputs = {}
        for spec in model.get_inputs():
            inputs[spec.name] = await value_of(elements[spec.name], spec)
        show_answer(await model.run(inputs), model.labels)
    except Exception:  # the old answer is not that of the new values
        show("answer", "No answer")
        reason = new_element("p", "The reason is at the top of the page.", "hint")
        element("details").replaceChildren(reason)
        raise


class Form:
    """Runs the model when the form changes: one run at a time, the next for the newest values."""

    has_changed = change_was_run = False
    task = None

    def changed(self, _event):
        """Run the model on the values of the form."""
        self.change_was_run = True
        self.run()

    def submitted(self, event):
        """Run the model instead of sending the form, unless `changed` has just done it."""
        event.preventDefault()
        if not self.change_was_run:
            self.run()
        self.change_was_run = False

    def run(self):
        """Run the model now, or when the present run has ended."""
        self.has_changed = True
        if not self.task or self.task.done():
            self.task = asyncio.ensure_future(self.run_while_changed())

    async def run_while_changed(self):
        """Run the model, and again if a value has changed meanwhile."""
        while self.has_changed:
            self.has_changed = False
            await run()


model = await load_model()
form = Form()
add_event_listener(element("form"), "submit", form.submitted)
add_event_listener(element("form"), "change", form.changed)
element("run").disabled = False
# {{if image}}
show("answer", "Choose a picture.")
# {{end}}
# {{if no image}}
show("answer", "")
if all(field.value for field in document.querySelectorAll("[type=text]")):
    await run()
else:
    show("answer", "Fill in the form.")
# {{end}}
