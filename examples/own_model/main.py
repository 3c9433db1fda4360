"""Name a colour with a model that is kept in the browser."""

from js import document
from pyodide.ffi.wrappers import add_event_listener

from offline_onnx import OfflineModelError, Origin
from offline_onnx.browser import Models

ORIGINS = {
    Origin.DOWNLOADED: "was downloaded, and is now stored on this device.",
    Origin.STORED: "was stored on this device. Nothing was downloaded.",
}
colour = document.getElementById("colour")


def write(place, text):
    document.getElementById(place).textContent = text


async def name_colour(_event=None):
    rgb = [part / 255 for part in bytes.fromhex(colour.value[1:])]
    answer = await model.run({"rgb": [rgb]})
    probability, name = max(zip(answer["probabilities"].values, model.labels, strict=True))
    write("name", f"{name}, {100 * probability:.0f} %")


try:
    model = await Models().load(
        "color.json", progress=lambda done, total: write("bytes", f"{done:,} of {total:,} bytes")
    )
    how = ORIGINS.get(model.origin) or f"runs. {model.warning}"
    write("origin", f"Model {model.manifest.version} {how}")
    add_event_listener(colour, "input", name_colour)
    await name_colour()
except OfflineModelError as error:
    write("failure", str(error))
