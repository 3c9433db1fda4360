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
"""Maximum number of fields of an input. More values are written into a text area."""
_MAX_OPTIONS = 200
"""Maximum number of options of a menu. A text with more categories gets a text field."""
_MAX_LISTED = 4096
"""Maximum number of values that a text area has at first. It is empty if there are more."""
_DIGITS = {"float16": 4, "float32": 7, "float64": 15}
"""The number of significant digits with which a float is written, by dtype."""


def fields(
    inputs: Sequence[TensorSpec],
    field_names: Sequence[str] = (),
    values: Mapping[str, Any] | None = None,
    categories: Mapping[str, Sequence[str]] | None = None,
) -> str:
    """Return the fields of a model's inputs.

    Args:
        inputs: the inputs.
        field_names: the names of the values of the only input; () if they are unknown.
        values: the first values in the fields, by the name of the input; None for zeros and empty
            texts.
        categories: the categories of text inputs, such as ("red", "green"), by the input's name.
            Only an input with one value gets a menu.

    """
    given, known = values or {}, categories or {}
    found = [
        _field(
            spec,
            field_names if len(inputs) == 1 else (),
            given.get(spec.name, ()),
            known.get(spec.name, ()),
        )
        for spec in inputs
    ]
    return "\n".join(['        <div class="fields">', *found, "        </div>"])


def has_field_per_value(spec: TensorSpec) -> bool:
    """Return whether an input has one field for each of its values."""
    _, *rest = spec.shape or (1,)
    if spec.dtype != STRING and (any(isinstance(size, str) for size in rest) or _is_list(spec)):
        return False
    return count(spec) <= MAX_FIELDS


def readable(name: str) -> str:
    """Return the name of an input or a value as a text for people."""
    return name.replace("_", " ").strip() or name


def _is_list(spec: TensorSpec) -> bool:
    """Return whether an input has a single dimension, whose size may vary."""
    return spec.shape is not None and len(spec.shape) == 1 and isinstance(spec.shape[0], str)


def _field(
    spec: TensorSpec, field_names: Sequence[str], values: Sequence[Any], options: Sequence[str]
) -> str:
    """Return the element of an input. The attribute data-input has the input's name.

    Its dtype and shape are shown when the mouse is over it.
    """
    attributes = f'data-input="{escape(spec.name)}" title="{escape(str(spec))}"'
    if has_field_per_value(spec) and not is_image(spec) and count(spec) == 1:
        label = readable(field_names[0] if len(field_names) == 1 else spec.name)
        return f"          {_label(spec, label, next(iter(values), ''), options, attributes)}"
    if is_image(spec):
        body = _image()
    elif has_field_per_value(spec):
        body = _value_fields(spec, field_names, values)
    else:
        body = _text_area(spec, values)
    name = escape(readable(spec.name))
    start = f"<fieldset {attributes}>\n            <legend>{name}</legend>"
    if has_field_per_value(spec) and field_names:  # then a visible name of the input is not needed
        start = f'<fieldset {attributes} aria-label="{name}">'
    return f"          {start}\n{body}          </fieldset>"


def _image() -> str:
    return """\
            <label class="file">A picture
              <input type="file" accept="image/*">
            </label>
            <canvas class="seen" hidden role="img" aria-label="The picture as the model sees it"></canvas>
"""  # noqa: E501


def _value_fields(spec: TensorSpec, field_names: Sequence[str], values: Sequence[Any]) -> str:
    number = count(spec)
    has_names = len(field_names) == number
    texts = field_names if has_names else [str(position + 1) for position in range(number)]
    lines = []
    for position, text in enumerate(texts):
        value = values[position] if position < len(values) else ""
        lines.append(f"              {_label(spec, readable(text), value)}\n")
    return f'            <div class="fields">\n{"".join(lines)}            </div>\n'


def _label(
    spec: TensorSpec, text: str, value: Any, options: Sequence[str] = (), attributes: str = ""
) -> str:
    """Return a control with its label."""
    control, shown = _control(spec, value, options), escape(text)
    kind = ' class="wide"' if spec.dtype == STRING and not options else ""
    start = f"<label{kind}{' ' if attributes else ''}{attributes}>"
    if spec.dtype == "bool":
        return f"{start}{control} {shown}</label>"
    return f"{start}{shown} {control}</label>"


def _control(spec: TensorSpec, value: Any, options: Sequence[str]) -> str:
    if spec.dtype == "bool":
        return f'<input type="checkbox"{" checked" if value else ""}>'
    if spec.dtype == STRING and 0 < len(options) <= _MAX_OPTIONS:
        items = "".join(
            f'<option{" selected" if each == value else ""} value="{escape(each)}">'
            f"{escape(each)}</option>"
            for each in options
        )
        return f"<select>{items}</select>"
    if spec.dtype == STRING:
        return f'<input type="text" value="{escape(str(value))}">'
    is_float = spec.dtype.startswith("float")
    more = 'step="any" inputmode="decimal"' if is_float else 'step="1"'
    if spec.dtype.startswith("uint"):
        more += ' min="0"'
    return f'<input type="number" required value="{_text(value or 0, spec)}" {more}>'


def _text_area(spec: TensorSpec, values: Sequence[Any]) -> str:
    number = count(spec)
    is_text = spec.dtype == STRING
    given = values or ["" if is_text else 0] * number
    separator, kind = ("\n", "texts") if is_text else (" ", "numbers")
    text = separator.join(_text(each, spec) for each in given) if len(given) <= _MAX_LISTED else ""
    is_fixed = all(isinstance(size, int) for size in spec.shape or ())
    hint = f"{number:,} {kind}" if is_fixed else kind.capitalize()
    form = "one on each line" if is_text else "with spaces or commas between them"
    more = "" if text or is_text else ' placeholder="zeros"'
    return f"""\
            <label>{hint}, {form}
              <textarea rows="4" spellcheck="false"{more}>{escape(text)}</textarea>
            </label>
"""


def _text(value: Any, spec: TensorSpec) -> str:
    """Return a value as text, a float with the significant digits of its dtype."""
    return f"{value:.{_DIGITS[spec.dtype]}g}" if spec.dtype in _DIGITS else str(value)
