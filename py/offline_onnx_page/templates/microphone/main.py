"""Run a model on the sound of a microphone, or of a file, frame by frame."""

import asyncio
import math
from array import array
from collections import Counter

from js import AudioContext, AudioWorkletNode, OfflineAudioContext
from js import console, document, getComputedStyle, navigator, performance
from pyodide.ffi import JsException, create_proxy
from pyodide.ffi.wrappers import add_event_listener

from offline_onnx import OfflineModelError, Origin, Tensor
from offline_onnx.browser import BrowserModelStore
from offline_onnx.browser.interop import Rejected, call, js_object
from offline_onnx.inference.tensor import values_of

MANIFEST = "{{manifest}}"
SOUND = {{sound}}  # the input for the samples
OUTPUTS = {{outputs}}  # the outputs that are shown
STATES = {{states}}  # inputs whose next value is an output
RATES = {{rates}}  # inputs for the number of samples per second
RATE = 16_000  # samples per second
FRAME = 512  # samples for each run, if the model accepts any number
CONTEXT = 0  # samples from the end of the previous frame that the model gets before each frame
MAX_WAITING = 32  # frames; if the device is too slow, older ones are dropped
MAX_SILENCE = 5  # seconds without a frame, after which the microphone counts as broken


# {{part page}}


# {{part answer}}


# {{part live}}


class Listener:
    """Runs the model on one frame after the other."""

    def __init__(self):
        self.feed = {spec.name: spec.blank() for spec in model.get_inputs()}
        for name in RATES:
            blank = self.feed[name]
            self.feed[name] = Tensor(values_of([RATE], blank.dtype), blank.shape, blank.dtype)
        self.context = array("f", [0]) * CONTEXT

    async def hear(self, frame):
        """Run the model on a frame, an array of floats; return the outputs without states."""
        samples = self.context + frame
        self.context = samples[len(samples) - CONTEXT :]
        shape = [size if isinstance(size, int) else 1 for size in spec.shape]
        shape[axis_of_samples()] = len(samples)
        if spec.dtype == "int16":
            samples = [round(32767 * max(-1, min(1, sample))) for sample in samples]
        self.feed[SOUND] = Tensor(values_of(samples, spec.dtype), tuple(shape), spec.dtype)
        outputs = await model.run(self.feed, [*OUTPUTS, *STATES.values()])
        for name, output in STATES.items():
            self.feed[name] = outputs.pop(output)
        return outputs


def axis_of_samples():
    """Return the dimension of the input that counts the samples: the last that is not 1."""
    return max(axis for axis, size in enumerate(spec.shape) if size != 1)


def frame_size():
    """Return the number of new samples for each run."""
    size = spec.shape[axis_of_samples()]
    return size - CONTEXT if isinstance(size, int) else FRAME


class Microphone:
    """The microphone: started and stopped. `frames` is a queue of its sound."""

    def __init__(self):
        self.stream = self.audio = self.frames = self.attempt = None
        self.received = create_proxy(self.receive)

    async def start(self):
        """Listen; return the queue, or None if the microphone was stopped."""
        self.stop()
        self.attempt = attempt = object()
        wanted = {"audio": {"channelCount": 1}, "video": False}
        devices = getattr(navigator, "mediaDevices", None)
        stream = await call_or_explain(devices, "getUserMedia", wanted, "microphone")
        if self.attempt is not attempt:  # stopped while the browser asked for permission
            stop_tracks(stream)
            return None
        self.stream, self.frames = stream, asyncio.Queue(MAX_WAITING)
        show("start", "Stop the microphone")
        self.audio = AudioContext.new(js_object({"sampleRate": RATE}))
        try:
            source = self.audio.createMediaStreamSource(stream)
        except JsException:  # some browsers can't change the rate of a microphone: frames.js does
            self.audio.close()
            self.audio = AudioContext.new()
            source = self.audio.createMediaStreamSource(stream)
        frames = self.frames
        await self.connect(source, self.audio)
        return frames

    async def connect(self, source, audio):
        """Send the sound of a source to `receive`, frame by frame."""
        await call(audio.audioWorklet, "addModule", "frames.js")
        options = {"processorOptions": {"size": frame_size(), "rate": RATE}}
        node = AudioWorkletNode.new(audio, "frames", js_object(options))
        node.port.onmessage = self.received
        source.connect(node)
        node.connect(audio.destination)  # silent, but without it some browsers don't run the node
        audio.resume()

    def receive(self, event):
        """Queue a frame."""
        self.put(array("f", event.data.to_bytes()))

    def put(self, frame):
        """Queue a frame, or None for the end; drop the oldest frame if there are too many."""
        if self.frames.full():
            self.frames.get_nowait()
        self.frames.put_nowait(frame)

    def stop(self):
        """Switch the microphone off."""
        if self.stream:
            stop_tracks(self.stream)
            while not self.frames.empty():
                self.frames.get_nowait()
            self.put(None)
        if self.audio:
            self.audio.close()
        self.stream = self.audio = self.attempt = None
        show("start", "Start the microphone")


async def listen(frames):
    """Answer for each frame, until the microphone stops. The page shows ten answers per second."""
    listener, shown = Listener(), 0
    while (frame := await next_frame(frames)) is not None:
        outputs = await listener.hear(frame)
        if microphone.frames is not frames or not microphone.stream:
            return
        if performance.now() - shown >= 100:
            shown = performance.now()
            draw_level(frame)
            show_answer(outputs, model.labels, best_name(outputs, model.labels))


async def next_frame(frames):
    """Return the next frame in a queue; None after the last one."""
    try:
        return await asyncio.wait_for(frames.get(), MAX_SILENCE)
    except TimeoutError as error:
        message = "No sound arrives from the microphone. Check it and start again."
        raise OSError(message) from error


def draw_level(frame):
    """Move the picture of the loudness to the left, and draw that of a frame."""
    canvas = element("level")
    context = canvas.getContext("2d")
    power = sum(sample * sample for sample in frame) / len(frame)
    level = max(0.02, min(1, 1 + math.log10(power + 1e-9) / 6))  # from -60 dB on
    height = canvas.height * level
    context.globalCompositeOperation = "copy"  # because the pictures overlap
    context.drawImage(canvas, -6, 0)
    context.globalCompositeOperation = "source-over"
    context.fillStyle = getComputedStyle(canvas).color
    context.fillRect(canvas.width - 5, (canvas.height - height) / 2, 4, height)


@reporting
async def start(_event=None):
    """Start the microphone, or stop it if it is on."""
    if microphone.stream:
        microphone.stop()
        return
    try:
        if frames := await microphone.start():
            await listen(frames)
    except Exception:
        microphone.stop()
        raise


@reporting
async def file_chosen(_event):
    """Run the model on a sound file; show for which part of the time each answer was given."""
    microphone.stop()
    file = element("file").files.item(0)
    if not file:
        return
    show("answer", "Listening …")
    decoder = OfflineAudioContext.new(1, 1, RATE)  # decodes to this rate
    try:
        sound = await call(decoder, "decodeAudioData", await file.arrayBuffer())
    except Rejected as error:
        message = "The browser can't read this sound. Choose a WAV or MP3 file."
        raise ValueError(message) from error
    await hear_all(array("f", sound.getChannelData(0).to_bytes()))


async def hear_all(samples):
    """Run the model on all frames of a sound and show a summary."""
    listener, names, size = Listener(), Counter(), frame_size()
    outputs = {}
    for begin in range(0, len(samples), size):
        frame = samples[begin : begin + size]
        frame += array("f", [0]) * (size - len(frame))
        outputs = await listener.hear(frame)
        names[best_name(outputs, model.labels)] += 1
        if begin // size % 8 == 0:
            draw_level(frame)
    if "" in names or not names:  # no classes: show the last outputs
        show_answer(outputs, model.labels)
        return
    details = new_element("div")
    shares = array("d", [count / names.total() for count in names.values()])
    show_bars(details, Tensor(shares, (len(shares),)), list(names), is_share=True)
    element("details").replaceChildren(*details.childNodes)
    name, count = names.most_common(1)[0]
    seconds = len(samples) / RATE
    show("answer", f"{name}: {percent(count / names.total())} of {seconds:.1f} seconds")


model = await load_model()
spec = next(each for each in model.get_inputs() if each.name == SOUND)
microphone = Microphone()
add_event_listener(element("start"), "click", start)
add_event_listener(element("file"), "change", file_chosen)
element("start").disabled = element("file").disabled = False
show("answer", "Start the microphone.")
