"""Digits that somebody has taught: an image and what it is; and files of them."""

from __future__ import annotations

import binascii
import json
from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from digits.drawing.raster import SIDE
from offline_onnx.inference.json_fields import is_unsafe

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digits.drawing.raster import Image

FORMAT = "offline-digits-examples"
VERSION = 1
LABELS = "0123456789"


class ExamplesError(ValueError):
    """A file holds no examples, or damaged ones; the message says what is wrong with it."""


@dataclass(frozen=True)
class Example:
    """A digit. label: "0" to "9". pixels: 28 x 28 bytes, row by row, 0 is paper, 255 is ink.

    Raises ExamplesError if it is none.
    """

    label: str
    pixels: bytes

    def __post_init__(self) -> None:
        if len(self.label) != 1 or self.label not in LABELS:
            raise ExamplesError(f"{self.label!r:.60} is not one of the ten digits")
        if len(self.pixels) != SIDE * SIDE:
            raise ExamplesError(f"an image has {len(self.pixels)} pixels, not {SIDE} x {SIDE}")

    @classmethod
    def of(cls, label: str, image: Image) -> Example:
        """Keep what an image is, with its pixels as bytes."""
        return cls(label, bytes(round(255 * value) for value in image))

    @property
    def image(self) -> Image:
        """The image as the network takes it, 0 to 1."""
        return array("f", [value / 255 for value in self.pixels])


def next_number(known: Iterable[int], now: int) -> int:
    """Give the number of a new example: the time, in microseconds, which no other tab gives too.

    known: the numbers there are. Beyond a later one, which a clock that was wrong has given, it
    goes on by a part of a second, as another tab does at another time.
    """
    last = max(known, default=0)
    return now if now > last else last + 1 + now % 1_000_000


def to_json(examples: Iterable[Example]) -> str:
    """Write a file of examples."""
    listed = [
        {
            "label": example.label,
            "pixels": binascii.b2a_base64(example.pixels, newline=False).decode(),
        }
        for example in examples
    ]
    return json.dumps({"format": FORMAT, "version": VERSION, "examples": listed}, indent=1)


def from_json(text: str) -> list[Example]:
    """Read a file of examples. Raises ExamplesError: a file is taken whole or not at all."""
    if is_unsafe(text):
        raise ExamplesError("it is nested too deep")
    try:
        raw = json.loads(text)
    except ValueError as error:
        raise ExamplesError(f"it is no JSON ({error})") from error
    if not isinstance(raw, dict) or raw.get("format") != FORMAT:
        raise ExamplesError(f'it is no file of examples: it has no "format": "{FORMAT}"')
    if raw.get("version") != VERSION:
        raise ExamplesError(f"its version is {raw.get('version')!r:.60}, known is {VERSION}")
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
