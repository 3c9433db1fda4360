"""Generate the inputs that models.toml describes: sounds, images, numbers and texts.

Sounds, images and numbers are random, but the same at each call.
"""

from __future__ import annotations

import math
from binascii import crc32
from typing import TYPE_CHECKING, Any

import numpy as np

from tools.console import BuildError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.models.model_list import Model
    from offline_onnx.inference.tensor import TensorSpec

    type Array = np.ndarray[Any, Any]

SAMPLE_RATE = 16_000
"""Samples of sound in a second."""
_TONES = (110.0, 220.0, 330.0, 1250.0, 2400.0)
"""Frequencies in Hz, such as those of a voice."""
_SHAPES = 6
"""Number of soft bright shapes in an image."""
_STROKE_EVERY, _STROKE_WIDTH = 12, 3
"""Distance between the left edges of two strokes in an image, and their width, in pixels."""


def make(model: Model, specs: Mapping[str, TensorSpec]) -> dict[str, Array]:
    """Return an array for each input of a model, with the type that the model declares.

    Raises:
        BuildError: models.toml names other inputs than the model has, or `make`, which says how to
            generate an input, has an unknown value.

    """
    if specs.keys() != model.inputs.keys():
        raise BuildError(
            f"{model.name} has the inputs {', '.join(specs) or 'none'}; models.toml names "
            f"{', '.join(model.inputs) or 'none'}."
        )
    made = {}
    for name, description in model.inputs.items():
        rng = np.random.default_rng(crc32(f"{model.name} {name}".encode()))
        made[name] = _array(rng, description, specs[name].dtype)
    return made


def _array(rng: np.random.Generator, description: Mapping[str, Any], dtype: str) -> Array:
    """Return an array that fits the description of an input in models.toml."""
    shape = tuple(description["shape"])
    match description["make"]:
        case "sound":
            values = _sound(rng, shape)
        case "image":
            values = _image(rng, shape)
        case "normal":
            values = rng.standard_normal(shape)
        case "integers":
            values = rng.integers(description["below"], size=shape)
        case "zeros":
            values = np.zeros(shape)
        case "ones":
            values = np.ones(shape)
        case "value":
            values = np.full(shape, description["value"])
        case "texts":
            return np.array(description["texts"], object).reshape(shape)
        case unknown:
            raise BuildError(f"No input can be made as {unknown!r}.")
    return values.astype(dtype)


def _sound(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Return tones that swell and fade, with a little noise."""
    times = np.arange(math.prod(shape)) / SAMPLE_RATE
    tones = sum(np.sin(2 * np.pi * tone * times) / (index + 1) for index, tone in enumerate(_TONES))
    loudness = 0.5 + 0.5 * np.sin(2 * np.pi * 3 * times)
    return (0.3 * loudness * tones + 0.02 * rng.standard_normal(times.size)).reshape(shape)


def _image(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Return soft bright shapes and dark strokes like handwriting, the same in all channels."""
    channels_last = shape[-1] == 3
    height, width = shape[1:3] if channels_last else shape[-2:]
    y, x = np.mgrid[0:height, 0:width]
    image = np.full((height, width), 0.3)
    for _ in range(_SHAPES):
        middle_y, middle_x = rng.random(2) * (height, width)
        radius = (0.1 + 0.3 * rng.random()) * min(height, width)
        distance = np.hypot(y - middle_y, x - middle_x)
        image += 0.5 * np.exp(-((distance / radius) ** 2))
    has_stroke = rng.random(width // _STROKE_EVERY + 1) < 0.7
    is_stroke = (x % _STROKE_EVERY < _STROKE_WIDTH) & has_stroke[x // _STROKE_EVERY]
    image[is_stroke & (abs(y - height / 2) < height / 4)] *= 0.2
    image = np.clip(image + 0.02 * rng.standard_normal(image.shape), 0, 1)
    return np.broadcast_to(image[..., None] if channels_last else image, shape)
