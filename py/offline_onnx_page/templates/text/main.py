"""Run a model on a text, while it is typed."""

from js import console, document
from pyodide.ffi.wrappers import add_event_listener

from offline_onnx import OfflineModelError, Origin, Tensor
from offline_onnx.browser import BrowserModelStore
from offline_onnx.inference.tensor import values_of

MANIFEST = "{{manifest}}"
TEXT = {{text}}  # the input for the text
MASKS = {{masks}}  # inputs that have the same number for each token
PADDING = 0  # fills up a text that is shorter than the model needs


# {{part page}}


# {{part answer}}


def tokens_of(text, length):
    """Return the whole numbers for a text: its bytes in UTF-8.

    If the model was trained with another tokenizer, put it here.

    Args:
        text: the text.
        length: how many numbers the model needs; None if it accepts any number.

    """
    tokens = list(text.encode())
    return tokens if length is None else (tokens + [PADDING] * length)[:length]


def inputs_for(text):
    """Return the inputs of the model for a text."""
    specs = {spec.name: spec for spec in model.get_inputs()}
    spec = specs[TEXT]
    if spec.dtype == "string":
        return {TEXT: Tensor([text], (1,) * len(spec.shape))}
    length = spec.shape[-1] if isinstance(spec.shape[-1], int) else None
    tokens = tokens_of(text, length)
    shape = (1,) * (len(spec.shape) - 1) + (len(tokens),)
    inputs = {TEXT: Tensor(values_of(tokens, spec.dtype), shape, spec.dtype)}
    for name, value in MASKS.items():
        dtype = specs[name].dtype
        inputs[name] = Tensor(values_of([value] * len(tokens), dtype), shape, dtype)
    return inputs


@reporting
async def answer():
    """Run the model on the text and show its outputs."""
    text = element("text").value
    if not text.strip():
        show("answer", "Write something.")
        element("details").replaceChildren()
        return
    try:
        show_answer(await model.run(inputs_for(text)), model.labels)
    except Exception:  # the old answer is not that of the new text
        show("answer", "No answer")
        element("details").replaceChildren()
        raise


class Typing:
    """Answers while the text is typed: one run at a time, the next one for the newest text."""

    is_busy = has_changed = False

    async def changed(self, _event=None):
        """Answer, and again if the text has changed meanwhile."""
        self.has_changed = True
        if self.is_busy:
            return
        self.is_busy = True
        while self.has_changed:
            self.has_changed = False
            await answer()
        self.is_busy = False


model = await load_model()
typing = Typing()
add_event_listener(element("text"), "input", typing.changed)
await typing.changed()
