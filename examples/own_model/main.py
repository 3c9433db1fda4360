"""Name the colour that the user picks, with a model that is stored in the browser."""

from js import document
from pyodide.ffi.wrappers import add_event_listener

from offline_onnx import OfflineModelError, Origin
from offline_onnx.browser import BrowserModelStore

ORIGINS = {
    Origin.DOWNLOADED: "was downloaded, and is now stored on this device.",
    Origin.STORED: "was stored on this device. Nothing was downloaded.",
}
colour = document.getElementById("colour")


def show(element_id, text):
    """Show a text in an element of the page."""
    document.getElementById(element_id).textContent = text


async def name_colour(_event=None):
    """Show the name of the picked colour."""
    rgb = [value / 255 for value in bytes.fromhex(colour.value[1:])]
    outputs = await model.run({"rgb": [rgb]})
    probability, name = max(zip(outputs["probabilities"].values, model.labels, strict=True))
    show("name", f"{name}, {100 * probability:.0f} %")


try:
    model = await BrowserModelStore().load(
        "color.json", progress=lambda done, total: show("bytes", f"{done:,} of {total:,} bytes")
    )
    origin_text = f"runs. {model.warning}" if model.warning else ORIGINS[model.origin]
    show("origin", f"Model {model.manifest.version} {origin_text}")
    add_event_listener(colour, "input", name_colour)
    await name_colour()
except OfflineModelError as error:
    show("failure", str(error))
