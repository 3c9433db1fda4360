"""Write the form fields of a model's inputs, as HTML."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from offline_onnx.inference.tensor import STRING
from offline_onnx_page.new.roles import count, is_image

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from offline_onnx.inference.tensor import TensorSpec

MAX_FIELDS = 32
"""Maximum number of fields of an input. More numbers are written into a text area."""


def fields(
    inputs: Sequence[TensorSpec], names: Sequence[str] = (), values: Mapping[str, Any] | None = None
) -> str:
    """Return the fields of a model's inputs.

    Args:
        inputs: the inputs.
        names: the names of the values of the only input; () if they are unknown.
        values: the initial values of the fields, by the name of the input; None for zeros.

    """
    given = values or {}
    found = [
        _fieldset(index, spec, names if len(inputs) == 1 else (), given.get(spec.name, ()))
        for index, spec in enumerate(inputs)
    ]
    return "\n".join(found)


def has_field_per_value(spec: TensorSpec) -> bool:
    """Return whether an input has one field for each of its values."""
    _, *rest = spec.shape or (1,)
    if spec.dtype != STRING and (any(isinstance(size, str) for size in rest) or _is_list(spec)):
        return False
    return count(spec) <= MAX_FIELDS


def _is_list(spec: TensorSpec) -> bool:
    """Return whether an input has a single dimension, of any size."""
    return spec.shape is not None and len(spec.shape) == 1 and isinstance(spec.shape[0], str)


def _fieldset(index: int, spec: TensorSpec, names: Sequence[str], values: Sequence[Any]) -> str:
    """Return the fieldset of an input. The attribute data-input has the input's name."""
    name = escape(spec.name)
    start = f'        <fieldset data-input="{name}">\n          <legend>{name}'
    hint = f' <small id="type-{index}">{escape(str(spec))}</small></legend>\n'
    if is_image(spec):
        body = _image(index)
    elif has_field_per_value(spec):
        body = _value_fields(index, spec, names, values)
    else:
        body = _text_area(index, spec, values)
    return f"{start}{hint}{body}        </fieldset>"


def _image(index: int) -> str:
    return f"""\
          <label class="file">A picture
            <input type="file" accept="image/*" aria-describedby="type-{index}">
          </label>
          <canvas class="seen" hidden role="img" aria-label="The picture as the model sees it"></canvas>
"""  # noqa: E501


def _value_fields(index: int, spec: TensorSpec, names: Sequence[str], values: Sequence[Any]) -> str:
    number = count(spec)
    lines = []
    for position in range(number):
        text = names[position] if len(names) == number else str(position + 1)
        label = spec.name if number == 1 and not names else text
        value = values[position] if position < len(values) else ""
        control = _control(spec, value, f'aria-describedby="type-{index}"')
        if spec.dtype == "bool":
            lines.append(f"            <label>{control} {escape(label)}</label>\n")
        else:
            lines.append(f"            <label>{escape(label)} {control}</label>\n")
    return f'          <div class="fields">\n{"".join(lines)}          </div>\n'


def _control(spec: TensorSpec, value: Any, attributes: str) -> str:
    if spec.dtype == "bool":
        return f'<input type="checkbox" {attributes}{" checked" if value else ""}>'
    if spec.dtype == STRING:
        return f'<input type="text" value="{escape(str(value))}" {attributes}>'
    is_float = spec.dtype.startswith("float")
    more = 'step="any" inputmode="decimal"' if is_float else 'step="1"'
    if spec.dtype.startswith("uint"):
        more += ' min="0"'
    return f'<input type="number" required value="{value or 0}" {more} {attributes}>'


def _text_area(index: int, spec: TensorSpec, values: Sequence[Any]) -> str:
    number = count(spec)
    text = " ".join(map(str, values or [0] * min(number, 4096)))
    is_fixed = all(isinstance(size, int) for size in spec.shape or ())
    hint = f"{number:,} numbers" if is_fixed else "Numbers"
    return f"""\
          <label>{hint}, with spaces or commas between them
            <textarea rows="4" spellcheck="false" aria-describedby="type-{index}">{text}</textarea>
          </label>
"""
