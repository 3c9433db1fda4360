"""What an input is for, such as an image or a sound, and which templates fit a model."""

from __future__ import annotations

import math
from enum import Enum
from typing import TYPE_CHECKING

from offline_onnx.inference.tensor import STRING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from offline_onnx.inference.tensor import TensorSpec

_FLOATS = ("float16", "float32", "float64")
_IMAGES = (*_FLOATS, "uint8")
_SOUNDS = (*_FLOATS, "int16")
_TEXTS = (STRING, "int32", "int64", "uint8")
_RATES = ("sr", "rate", "sample_rate", "sampling_rate", "samplerate")
"""Names of inputs that get the number of samples per second."""
_MIN_SIDE = 8
"""Minimum height and width of an image in pixels. Smaller tensors are something else."""
_MIN_SAMPLES = 32
"""Minimum number of samples of a sound."""


class Role(Enum):
    """What an input is for, in one of the templates."""

    IMAGE = "image"
    SOUND = "sound"
    TEXT = "text"
    STATE = "state"
    """A value that an output returns for the next run."""
    RATE = "rate"
    """The number of samples per second."""
    MASK = "mask"
    """The same number for each token of a text: 1 in a mask, 0 in an input for token types."""
    OTHER = "other"


NEEDED = {
    "camera": (Role.IMAGE, "an image (N, channels, height, width) or (N, height, width, channels)"),
    "microphone": (Role.SOUND, "a sound (N, samples)"),
    "text": (Role.TEXT, "a text: strings, or whole numbers (N, length)"),
}
"""For each template that needs an input of a certain role: the role, and its description."""
_FURTHER = {
    "camera": (),
    "microphone": (Role.STATE, Role.RATE),
    "text": (Role.MASK,),
}
"""For each of these templates: the roles that the other inputs may have."""


def count(spec: TensorSpec) -> int:
    """Return the number of values of an input. Variable dimensions count as having the size 1."""
    return math.prod(size if isinstance(size, int) else 1 for size in spec.shape or ())


def is_image(spec: TensorSpec) -> bool:
    """Return whether an input looks like an image with one or three channels."""
    if spec.dtype not in _IMAGES or spec.shape is None or len(spec.shape) != 4:
        return False
    _, *rest = spec.shape
    return any(
        channels in (1, 3)
        and all(isinstance(side, str) or side >= _MIN_SIDE for side in (height, width))
        for channels, height, width in ((rest[0], *rest[1:]), (rest[2], *rest[:2]))
    )


def is_sound(spec: TensorSpec) -> bool:
    """Return whether an input looks like the samples of a sound."""
    if spec.dtype not in _SOUNDS or spec.shape is None or len(spec.shape) > 3:
        return False
    sizes = [size for size in spec.shape if size != 1]
    long = [size for size in sizes if isinstance(size, int)]
    if long:
        return len(long) == 1 and long[0] >= _MIN_SAMPLES and sizes.index(long[0]) == len(sizes) - 1
    return 1 <= len(sizes) <= 2  # (samples) or (N, samples), all variable


def is_text(spec: TensorSpec) -> bool:
    """Return whether an input may be strings or the numbers of characters or tokens."""
    if spec.dtype not in _TEXTS or spec.shape is None:
        return False
    sizes = [size for size in spec.shape if size != 1]
    if spec.dtype == STRING:
        return all(isinstance(size, str) for size in sizes)
    numbers = [size for size in sizes if isinstance(size, int)]
    return 1 <= len(sizes) <= 2 and len(numbers) <= 1 and len(spec.shape) <= 2


def roles(
    template: str, inputs: Sequence[TensorSpec], outputs: Sequence[TensorSpec]
) -> dict[str, Role]:
    """Return the role of each input in a template, by name."""
    found: dict[str, Role] = {}
    for spec in inputs:
        role = Role.OTHER
        if template == "camera" and is_image(spec):
            role = Role.IMAGE
        elif template == "microphone" and _is_rate(spec):
            role = Role.RATE
        elif template == "microphone" and state_output(spec, outputs):
            role = Role.STATE
        elif template == "microphone" and is_sound(spec):
            role = Role.SOUND
        elif template == "text" and is_text(spec):
            name = spec.name.lower()
            role = Role.MASK if "mask" in name or "type" in name else Role.TEXT
        found[spec.name] = role
    return found


def state_output(spec: TensorSpec, outputs: Sequence[TensorSpec]) -> str:
    """Return the name of the output that is the next value of an input; "" if there is none.

    Only an input with a name such as `state` or `h0` can be a state. The output has the same type,
    and its name, such as `stateN` or `hn`, contains the input's name without the digits at its end.
    """
    name = spec.name.lower()
    if spec.dtype not in _FLOATS or name in ("input", "x"):
        return ""
    is_named = name in ("h", "c", "h0", "c0") or any(
        word in name for word in ("state", "hidden", "cell", "cache")
    )
    letters = name.rstrip("0123456789_")
    return next(
        (
            output.name
            for output in outputs
            if is_named and output.dtype == spec.dtype and letters in output.name.lower()
        ),
        "",
    )


def reason_against(
    template: str, inputs: Sequence[TensorSpec], outputs: Sequence[TensorSpec]
) -> str:
    """Return why a template does not fit a model; "" if it fits."""
    if template not in NEEDED:
        return ""
    role, needed = NEEDED[template]
    found = roles(template, inputs, outputs)
    fitting = [name for name, each in found.items() if each == role]
    if not fitting:
        described = ", ".join(f"{spec.name!r} is {spec}" for spec in inputs) or "there is no input"
        return f"the template {template} needs {needed}, but {described}"
    allowed = (role, *_FURTHER[template])
    others = [spec for spec in inputs if found[spec.name] not in allowed]
    if others or len(fitting) > 1:
        spec = others[0] if others else next(s for s in inputs if s.name == fitting[1])
        return (
            f"the template {template} has no value for the input {spec.name!r}, which is {spec}, "
            f"beside {fitting[0]!r}"
        )
    return ""


def _is_rate(spec: TensorSpec) -> bool:
    return spec.name.lower() in _RATES and count(spec) == 1
