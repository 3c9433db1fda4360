"""The examples that the user teaches, each an image and its label, and files of examples."""

from __future__ import annotations

import binascii
import json
from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from digits.drawing.raster import SIDE
from digits.reading.contract import SYMBOLS
from offline_onnx.inference.json_fields import is_unsafe_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digits.drawing.raster import Image

FORMAT = "offline-digits-examples"
"""Identifies a JSON file of examples."""
VERSION = 1
"""The version of the file format."""


class ExamplesError(ValueError):
    """An example, or a file of examples, is invalid. The message says why."""


@dataclass(frozen=True)
class Example:
    """An image of a digit or sign.

    Attributes:
        label: One of SYMBOLS.
        pixels: One byte for each of the 28x28 pixels, row by row; 0 is paper, 255 is ink.

    Raises:
        ExamplesError: The label or the number of pixels is wrong.

    """

    label: str
    pixels: bytes

    def __post_init__(self) -> None:
        if len(self.label) != 1 or self.label not in SYMBOLS:
            raise ExamplesError(f"{self.label!r:.60} is neither a digit nor a sign")
        if len(self.pixels) != SIDE * SIDE:
            raise ExamplesError(f"an image has {len(self.pixels)} pixels, not {SIDE} x {SIDE}")

    @classmethod
    def of(cls, label: str, image: Image) -> Example:
        """Create an example from an image. The values of its pixels are rounded to bytes."""
        return cls(label, bytes(round(255 * value) for value in image))

    @property
    def image(self) -> Image:
        """The image in the format of the network's input, with values in 0..1."""
        return array("f", [value / 255 for value in self.pixels])


def new_key(known: Iterable[int], now: int) -> int:
    """Return an unused key for a new example, greater than all known keys.

    The key is the current time, so that two tabs choose different keys. If the clock was wrong
    earlier, a known key may be greater than the current time. In this case the new key is the
    greatest known key, plus 1, plus the microseconds of the current second, which also differ
    between tabs.

    Args:
        known: The keys that are in use.
        now: The time in microseconds since 1970.

    """
    last = max(known, default=0)
    return now if now > last else last + 1 + now % 1_000_000


def to_json(examples: Iterable[Example]) -> str:
    """Return the content of a file of examples."""
    raw_examples = [
        {
            "label": example.label,
            "pixels": binascii.b2a_base64(example.pixels, newline=False).decode(),
        }
        for example in examples
    ]
    return json.dumps({"format": FORMAT, "version": VERSION, "examples": raw_examples}, indent=1)


def from_json(text: str) -> list[Example]:
    """Parse a file of examples.

    Raises:
        ExamplesError: The file, or one of its examples, is invalid.

    """
    if is_unsafe_json(text):
        raise ExamplesError("it is nested too deeply")
    try:
        raw = json.loads(text)
    except ValueError as error:
        raise ExamplesError(f"it is not JSON ({error})") from error
    if not isinstance(raw, dict) or raw.get("format") != FORMAT:
        raise ExamplesError(f'it is not a file of examples: it has no "format": "{FORMAT}"')
    if raw.get("version") != VERSION:
        raise ExamplesError(f"its version is {raw.get('version')!r:.60}, not {VERSION}")
    raw_examples = raw.get("examples")
    if not isinstance(raw_examples, list):
        raise ExamplesError("it has no list of examples")
    return [_example(each) for each in raw_examples]


def _example(raw: Any) -> Example:
    try:
        label, pixels = raw["label"], binascii.a2b_base64(raw["pixels"], strict_mode=True)
    except (TypeError, KeyError, ValueError, IndexError) as error:
        raise ExamplesError(f"an example is damaged ({error!r:.60})") from error
    if not isinstance(label, str):
        raise ExamplesError(f"{label!r:.60} is neither a digit nor a sign")
    return Example(label, pixels)
