"""Run a model on fixed values when the button is pressed. Change them in `run`."""

from js import console, document
from pyodide.ffi.wrappers import add_event_listener

from offline_onnx import OfflineModelError
from offline_onnx.browser import BrowserModelStore


def show(element_id, text):
    """Show a text in an element of the page."""
    document.getElementById(element_id).textContent = text


async def run(_event=None):
    """Run the model on the inputs and show its outputs."""
    inputs = {{inputs}}
    try:
        outputs = await model.run(inputs)
        values = outputs[{{output}}].values
        # {{if labels}}
        show("answer", max(zip(values, model.labels, strict=False))[1])
        # {{end}}
        # {{if no labels}}
        texts = [f"{x:.7g}" if isinstance(x, float) else str(x) for x in values[:9]]
        show("answer", ", ".join(texts))
        # {{end}}
        show("details", "\n".join(f"{name}: {each.tolist()}" for name, each in outputs.items()))
        show("failure", "")
    except OfflineModelError as error:
        console.error(str(error))
        show("failure", str(error))


model = await BrowserModelStore().load("{{manifest}}")
show("origin", f"The model ({model.origin.value}): {model.manifest.total_size:,} bytes")
button = document.getElementById("run")
add_event_listener(button, "click", run)
button.disabled = False
await run()
