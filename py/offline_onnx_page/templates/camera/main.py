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
OUTPUTS = {{outputs}}  # the outputs that are shown
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
        self.stream = self.attempt = None

    async def start(self):
        """Show the camera's pictures; return their stream, or None if the camera was stopped."""
        self.stop()
        self.attempt = attempt = object()
        wanted = {"video": {"facingMode": {"ideal": self.facing}}, "audio": False}
        devices = getattr(navigator, "mediaDevices", None)
        stream = await call_or_explain(devices, "getUserMedia", wanted, "camera")
        if self.attempt is not attempt:  # stopped while the browser asked for permission
            stop_tracks(stream)
            return None
        self.stream = video.srcObject = stream
        video.style.transform = "scaleX(-1)" if self.facing == "user" else ""
        show("start", "Stop the camera")
        element("turn").hidden = False
        return stream

    def stop(self):
        """Switch the camera off."""
        if self.stream:
            stop_tracks(self.stream)
        self.stream = self.attempt = video.srcObject = None
        show("start", "Start the camera")


async def answer(inputs):
    """Run the model on a picture and show its outputs."""
    outputs = await model.run({spec.name: inputs}, OUTPUTS)
    show_answer(outputs, model.labels, best_name(outputs, model.labels))


async def watch(stream):
    """Answer again and again, each time on the newest picture, until the camera stops."""
    while camera.stream is stream:
        if not stream.active:
            camera.stop()
            raise OSError("The camera was disconnected. Connect it and start again.")
        if video.readyState >= 2 and not document.hidden:
            await answer(pixels_of(video, video.videoWidth, video.videoHeight, seen, spec))
        await asyncio.sleep(PAUSE)


@reporting
async def start(_event=None):
    """Start the camera, or stop it if it is on."""
    if camera.stream:
        camera.stop()
    elif stream := await camera.start():
        await watch(stream)


async def turn(_event):
    """Change to the other camera."""
    camera.facing = "user" if camera.facing == "environment" else "environment"
    camera.stop()
    await start()


@reporting
async def file_chosen(_event):
    """Run the model on the chosen picture."""
    camera.stop()
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
