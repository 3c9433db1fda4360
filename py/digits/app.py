"""Wires the rooms together: the number that is drawn is read while it is drawn."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from digits.ink import box_around
from digits.raster import rasterise
from digits.recognise import Recogniser
from digits.segment import segment
from digits.taught import Taught
from offline_onnx import OfflineModelError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from digits.ink import Box, Ink
    from digits.raster import Image
    from digits.recognise import Reading
    from offline_onnx import Model, Update

SHEET: Box = (0.0, 0.0, 1.0, 1.0)
"""What a picture takes of the sheet."""


@dataclass(frozen=True)
class Digit:
    """A digit of the number. box: what it takes of the sheet. image: what was read of it."""

    box: Box
    image: Image
    reading: Reading


class View(Protocol):
    """What the app asks of the page."""

    def show_nothing(self) -> None:
        """Show that nothing is drawn: no digit."""
        ...

    def show_number(self, digits: Sequence[Digit], newest: int) -> None:
        """Show a number of one digit or more, left to right.

        newest: the index of the digit that was drawn on last.
        """
        ...

    def show_origin(self, model: Model) -> None:
        """Tell where the model came from; reading works from now on."""
        ...

    def show_update(self, update: Update) -> None:
        """Tell of a newer model, if there is one."""
        ...

    def show_failure(self, error: BaseException) -> None:
        """Tell why nothing can be read, and offer to try again."""
        ...


@dataclass
class App:
    """The drawing, the page, and the way to get a model.

    number: the digits that are shown, left to right. newest: the index of the one drawn on last.
    read_from: the picture that the number was read from; None: the drawing.
    """

    ink: Ink
    view: View
    load: Callable[[], Awaitable[Model]]
    recogniser: Recogniser | None = None
    taught: Taught = field(default_factory=Taught)
    number: Sequence[Digit] = ()
    newest: int = 0
    read_from: Image | None = None
    _picture: Image | None = None
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def text(self) -> str:
        """The number that is shown, "" if none is."""
        return "".join(digit.reading.label for digit in self.number)

    @property
    def is_up_to_date(self) -> bool:
        """Whether the number is what was made of all that is drawn by now."""
        return not (self._changed.is_set() or self._reading.locked())

    async def open(self) -> None:
        """Load the model and read what is drawn already; a failure is shown and can be retried."""
        try:
            model = await self.load()
            self.recogniser = Recogniser(model, self.taught)
        except OfflineModelError as error:
            self.view.show_failure(error)
            return
        await self._read()
        self.view.show_origin(model)

    def ink_changed(self) -> None:
        """Have the drawing read as soon as the reading under way, if any, is done."""
        self._picture = None
        self._changed.set()

    def read_picture(self, image: Image) -> None:
        """Have the image of a picture read in place of the drawing, until the drawing changes."""
        self._picture = image
        self._changed.set()

    def read_again(self) -> None:
        """Have what is shown read anew: what is known of it has changed, not the drawing."""
        self._changed.set()

    async def read_live(self) -> None:
        """Read the drawing again and again, whenever it has changed."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            await self._read()

    async def _read(self) -> None:
        async with self._reading:
            await self._read_now()

    async def _read_now(self) -> None:
        picture = self._picture
        if self.ink.is_empty and picture is None:
            self.number = ()
            self.view.show_nothing()
            return
        if self.recogniser is None:
            return
        boxes, images, newest = self.take_apart()
        try:
            readings = await self.recogniser.read(images)
        except OfflineModelError as error:
            self.view.show_failure(error)
            return
        if self._picture is picture and (picture or not self.ink.is_empty):
            self.number, self.newest = list(map(Digit, boxes, images, readings)), newest
            self.read_from = picture
            self.view.show_number(self.number, newest)

    def take_apart(self) -> tuple[list[Box], list[Image], int]:
        """Give the box and the image of each digit to be read, and which was drawn on last.

        Something has to be drawn, or a picture to be there.
        """
        if self._picture:
            return [SHEET], [self._picture], 0
        gestures = self.ink.gestures
        # A gesture that left the sheet and came back is one line, whatever was cut off it.
        lines = [[point for stroke in gesture for point in stroke] for gesture in gestures]
        cut = {id(line): gesture for line, gesture in zip(lines, gestures, strict=True)}
        groups = segment(lines)
        newest = next(
            i for i, group in enumerate(groups) if any(line is lines[-1] for line in group)
        )
        digits = [[stroke for line in group for stroke in cut[id(line)]] for group in groups]
        return [box_around(each) for each in digits], [rasterise(each) for each in digits], newest
