"""Examples that the user taught: an image and its label, and files of them."""

from __future__ import annotations

import binascii
import json
from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from digits.drawing.raster import SIDE
from digits.reading.contract import DIGITS
from offline_onnx.inference.json_fields import is_unsafe

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digits.drawing.raster import Image

FORMAT = "offline-digits-examples"
VERSION = 1


class ExamplesError(ValueError):
    """A file is not a valid file of examples; the message says what is wrong with it."""


@dataclass(frozen=True)
class Example:
    """An image of a digit.

    Attributes:
        label: "0" to "9".
        pixels: 28 x 28 bytes, row by row: 0 is paper, 255 is ink.

    Raises:
        ExamplesError: The label or the number of pixels is wrong.

    """

    label: str
    pixels: bytes

    def __post_init__(self) -> None:
        if len(self.label) != 1 or self.label not in DIGITS:
            raise ExamplesError(f"{self.label!r:.60} is not one of the ten digits")
        if len(self.pixels) != SIDE * SIDE:
            raise ExamplesError(f"an image has {len(self.pixels)} pixels, not {SIDE} x {SIDE}")

    @classmethod
    def of(cls, label: str, image: Image) -> Example:
        """Create an example of an image, with its pixels rounded to bytes."""
        return cls(label, bytes(round(255 * value) for value in image))

    @property
    def image(self) -> Image:
        """The image as the network takes it, with values from 0 to 1."""
        return array("f", [value / 255 for value in self.pixels])


def next_number(known: Iterable[int], now: int) -> int:
    """Return the number of a new example: the time, so that two tabs never choose the same one.

    Args:
        known: The numbers in use. One of them may be later than now, if the clock was wrong then.
            In this case the new number comes after it, by the fraction of the current second:
            another tab counts at another moment.
        now: The time in microseconds.

    """
    last = max(known, default=0)
    return now if now > last else last + 1 + now % 1_000_000


def to_json(examples: Iterable[Example]) -> str:
    """Return the text of a file of examples."""
    listed = [
        {
            "label": example.label,
            "pixels": binascii.b2a_base64(example.pixels, newline=False).decode(),
        }
        for example in examples
    ]
    return json.dumps({"format": FORMAT, "version": VERSION, "examples": listed}, indent=1)


def from_json(text: str) -> list[Example]:
    """Parse a file of examples.

    Raises:
        ExamplesError: The file is invalid. A file with one invalid example is refused as a whole.

    """
    if is_unsafe(text):
        raise ExamplesError("it is nested too deeply")
    try:
        raw = json.loads(text)
    except ValueError as error:
        raise ExamplesError(f"it is not JSON ({error})") from error
    if not isinstance(raw, dict) or raw.get("format") != FORMAT:
        raise ExamplesError(f'it is not a file of examples: it has no "format": "{FORMAT}"')
    if raw.get("version") != VERSION:
        raise ExamplesError(f"its version is {raw.get('version')!r:.60}, not {VERSION}")
    listed = raw.get("examples")
    if not isinstance(listed, list):
        raise ExamplesError("it has no list of examples")
    return [_example(each) for each in listed]


def _example(raw: Any) -> Example:
    try:
        label, pixels = raw["label"], binascii.a2b_base64(raw["pixels"], strict_mode=True)
    except (TypeError, KeyError, ValueError, IndexError) as error:
        raise ExamplesError(f"an example is damaged ({error!r:.60})") from error
    if not isinstance(label, str):
        raise ExamplesError(f"{label!r:.60} is not one of the ten digits")
    return Example(label, pixels)
