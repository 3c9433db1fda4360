"""Wires the rooms together: the number that is drawn is read while it is drawn."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from digits.drawn import digits_of
from digits.reading.nearest import NearestNeighbours
from digits.reading.recogniser import Recogniser
from digits.view import Digit
from offline_onnx import OfflineModelError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from digits.drawing.ink import Box, Ink
    from digits.drawing.raster import Image
    from digits.view import View
    from offline_onnx import Model

SHEET: Box = (0.0, 0.0, 1.0, 1.0)
"""What a picture takes of the sheet."""


class Listeners:
    """Functions that are called when something has changed."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[], None]] = []

    def add(self, listener: Callable[[], None]) -> None:
        """Call the listener at every change from now on."""
        self._listeners.append(listener)

    def notify(self) -> None:
        """Call all listeners, in the order in which they were added."""
        for listener in self._listeners:
            listener()


@dataclass
class App:
    """The drawing, the page, and the way to get a model.

    number: the digits that are shown, left to right. chosen: the index of the one that is looked
    into and taught: the one drawn on last, until the user chooses another. read_from: the picture
    that the number was read from; None: the drawing.
    """

    ink: Ink
    view: View
    load: Callable[[], Awaitable[Model]]
    recogniser: Recogniser | None = None
    taught: NearestNeighbours = field(default_factory=NearestNeighbours)
    number: Sequence[Digit] = ()
    chosen: int = 0
    read_from: Image | None = None
    _picture: Image | None = None
    _version: int = 0
    _version_shown: int = -1
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def text(self) -> str:
        """The number that is shown, "" if none is."""
        return "".join(digit.reading.label for digit in self.number)

    @property
    def digit(self) -> Digit | None:
        """The chosen digit of the number that is shown, None if none is."""
        return self.number[self.chosen] if self.number else None

    @property
    def model(self) -> Model | None:
        """The model that reads, None if none does."""
        return self.recogniser.model if self.recogniser else None

    @property
    def is_up_to_date(self) -> bool:
        """Whether the number is what was made of all that is drawn by now."""
        return not (self._changed.is_set() or self._reading.locked())

    async def open(self) -> None:
        """Load the model and read what is drawn already; a failure is shown and can be retried."""
        try:
            model = await self.load()
        except OfflineModelError as error:
            self.view.show_failure(error)
            return
        await self.use(model)

    async def use(self, model: Model) -> None:
        """Read with this model from now on, what is shown first; close the one before.

        What was taught has to be learned anew: another model makes other features of it.
        """
        before, self.recogniser = self.recogniser, Recogniser(model, self.taught)
        self.taught.clear()
        await self._read()
        if before:
            await before.model.session.release()
        self.view.show_origin(model)

    def ink_changed(self) -> None:
        """Have the drawing read as soon as the reading under way, if any, is done."""
        self._read_other(None)

    def read_picture(self, image: Image) -> None:
        """Have the image of a picture read in place of the drawing, until the drawing changes."""
        self._read_other(image)

    def read_again(self) -> None:
        """Have what is shown read anew: what is known of it has changed, not the drawing."""
        self._changed.set()

    def choose(self, index: int) -> None:
        """Look into another digit of the number that is shown, until what is read changes."""
        self.chosen = index
        self.view.show_number(self.number, index)

    async def read_live(self) -> None:
        """Read the drawing again and again, whenever it has changed."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            await self._read()

    def _read_other(self, picture: Image | None) -> None:
        self._picture = picture
        self._version += 1
        self._changed.set()

    async def _read(self) -> None:
        async with self._reading:
            await self._read_now()

    async def _read_now(self) -> None:
        picture, version = self._picture, self._version
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
            self.number, self.read_from = list(map(Digit, boxes, images, readings)), picture
            if version != self._version_shown:  # what is read again keeps its choice
                self.chosen, self._version_shown = newest, version
            self.view.show_number(self.number, self.chosen)

    def take_apart(self) -> tuple[list[Box], list[Image], int]:
        """Give the box and the image of each digit to be read, and which was drawn on last.

        Something has to be drawn, or a picture to be there.
        """
        if self._picture:
            return [SHEET], [self._picture], 0
        return digits_of(self.ink)
