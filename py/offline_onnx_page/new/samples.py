"""The input of the self-test, if random numbers would not suit a model."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from offline_onnx.inference.tensor import STRING, Tensor
from offline_onnx_page.new.roles import Role, count, roles

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from offline_onnx.inference.tensor import TensorSpec

    type Categories = Mapping[str, tuple[str, ...]]

_RATE, _SAMPLES = 16_000, 512
"""Samples per second of a sound, and its number of samples if the model accepts any number: as in
the template microphone."""
_TEXT = "The quick brown fox jumps over the lazy dog."


def sample_for(
    template: str,
    inputs: Sequence[TensorSpec],
    outputs: Sequence[TensorSpec],
    categories: Categories | None = None,
) -> dict[str, Any] | None:
    """Return a value for each input of a model with a sound, texts or categories as inputs.

    Args:
        template: the name of the template.
        inputs: the inputs.
        outputs: the outputs.
        categories: the categories of text inputs, such as ("red", "green"), by the input's name.

    Returns:
        Nested lists by the names of the inputs; None for random numbers.

    """
    strings = [spec.name for spec in inputs if spec.dtype == STRING]
    if strings and template != "text" and all(name in (categories or {}) for name in strings):
        return example_for(inputs, categories or {})
    if template != "microphone" and not (template == "text" and strings):
        return None
    found = roles(template, inputs, outputs)
    sample = {}
    for spec in inputs:
        value = spec.blank().tolist()
        if found[spec.name] is Role.RATE:
            value = _nested(spec, [_RATE])
        elif found[spec.name] is Role.SOUND:
            size = next((s for s in reversed(spec.shape or ()) if s != 1), _SAMPLES)
            length = size if isinstance(size, int) else _SAMPLES
            full_scale = 32_000 if spec.dtype == "int16" else 1
            tone = [
                0.1 * full_scale * math.sin(2 * math.pi * 440 * i / _RATE) for i in range(length)
            ]
            value = _nested(spec, [round(each, 4 if full_scale == 1 else None) for each in tone])
        elif spec.dtype == STRING:
            value = _nested(spec, [_TEXT])
        sample[spec.name] = value
    return sample


def example_for(inputs: Sequence[TensorSpec], categories: Categories) -> dict[str, Any]:
    """Return a value for each input: ones for numbers; for texts, a category or else "a text"."""
    example = {}
    for spec in inputs:
        blank = spec.blank()
        if spec.dtype == STRING:
            values = [categories.get(spec.name, ("a text",))[0]] * count(spec)
            blank = Tensor(values, blank.shape)
        example[spec.name] = blank.tolist() if spec.dtype == STRING else _ones(blank.tolist())
    return example


def _ones(value: Any) -> Any:
    """Return nested lists with ones in the place of zeros."""
    if isinstance(value, list):
        return [_ones(each) for each in value]
    return type(value)(1)


def _nested(spec: TensorSpec, values: list[Any]) -> Any:
    """Return values as nested lists with the input's number of dimensions.

    The values lie along the last dimension whose size is not 1. All other dimensions have size 1.
    """
    shape = spec.shape or ()
    if not shape:
        return values[0]
    axis = max((axis for axis, size in enumerate(shape) if size != 1), default=len(shape) - 1)
    nested: Any = values
    for _ in shape[axis + 1 :]:
        nested = [[each] for each in nested]
    for _ in shape[:axis]:
        nested = [nested]
    return nested
