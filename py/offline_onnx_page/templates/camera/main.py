"""Run a model on the pictures of a camera, or on a picture file."""

import asyncio

from js import console, createImageBitmap, document, navigator
from pyodide.ffi import JsException
from pyodide.ffi.wrappers import add_event_listener

from offline_onnx import OfflineModelError, Origin, Tensor
from offline_onnx.browser import BrowserModelStore
from offline_onnx.browser.interop import Rejected, call, js_object
from offline_onnx.inference.tensor import values_of

MANIFEST = "{{manifest}}"
PAUSE = 0.1  # seconds between an answer and the next picture
# {{part pixels}}


# {{part page}}


# {{part answer}}


# {{part live}}


# {{part picture}}


class Camera:
    """The camera: started, stopped, and turned to the front or back."""

    def __init__(self):
        self.facing = "environment"
        self.stream = None

    async def start(self):
        """Show the camera's pictures in the page."""
        wanted = {"video": {"facingMode": {"ideal": self.facing}}, "audio": False}
        devices = getattr(navigator, "mediaDevices", None)
        self.stream = await call_or_explain(devices, "getUserMedia", wanted, "camera")
        video.srcObject = self.stream
        video.style.transform = "scaleX(-1)" if self.facing == "user" else ""
        await call(video, "play")

    def stop(self):
        """Switch the camera off."""
        if self.stream:
            for track in self.stream.getTracks():
                track.stop()
        self.stream = video.srcObject = None

    @property
    def is_on(self):
        """Whether the camera sends pictures."""
        return bool(self.stream) and self.stream.active


async def answer(inputs):
    """Run the model on a picture and show its outputs."""
    outputs = await model.run({spec.name: inputs})
    show_answer(outputs, model.labels, best_name(outputs, model.labels))


async def watch():
    """Answer again and again, each time on the newest picture, until the camera stops."""
    stream = camera.stream
    while camera.is_on and camera.stream is stream:
        if video.readyState >= 2 and not document.hidden:
            await answer(pixels_of(video, video.videoWidth, video.videoHeight, seen, spec))
        await asyncio.sleep(PAUSE)
    if camera.stream is stream:
        camera.stop()
        show("start", "Start the camera")
        raise OSError("The camera was disconnected. Connect it and start again.")


@reporting
async def start(_event=None):
    """Start the camera, or stop it if it is on."""
    if camera.stream:
        camera.stop()
        show("start", "Start the camera")
        return
    await camera.start()
    show("start", "Stop the camera")
    element("turn").hidden = False
    await watch()


async def turn(_event):
    """Change to the other camera."""
    camera.facing = "user" if camera.facing == "environment" else "environment"
    camera.stop()
    await start()


@reporting
async def file_chosen(_event):
    """Run the model on the chosen picture."""
    camera.stop()
    show("start", "Start the camera")
    file = element("file").files.item(0)
    if file:
        await answer(await picture_in(file, seen, spec))


video, seen = element("video"), element("seen")
camera = Camera()
model = await load_model()
(spec,) = model.get_inputs()
add_event_listener(element("start"), "click", start)
add_event_listener(element("turn"), "click", turn)
add_event_listener(element("file"), "change", file_chosen)
element("start").disabled = element("file").disabled = False
show("answer", "Start the camera.")
