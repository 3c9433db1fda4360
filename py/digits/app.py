"""Read the drawing, or a picture, whenever it changes, and have the number shown.

The way of a stroke: the page adds points to `App.ink` and calls `App.drawing_changed`; the loop
`App.read_whenever_changed` wakes up; `App.images_to_read` makes an image of each digit; the
recogniser reads them in one run of the model; the `View` shows the number; the listeners of
`App.changed` follow.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from digits.drawing.ink import box_around
from digits.drawing.raster import rasterise
from digits.drawing.segment import segment
from digits.reading.nearest import NearestNeighbours
from digits.reading.recogniser import Recogniser
from offline_onnx import OfflineModelError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from digits.drawing.ink import Box, Ink
    from digits.drawing.raster import Image
    from digits.reading.recogniser import Reading
    from offline_onnx import Model, Session, Tensor

SHEET: Box = (0.0, 0.0, 1.0, 1.0)
"""The box of a picture: the whole sheet."""


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


@dataclass(frozen=True)
class Digit:
    """A digit of the number: its box on the sheet, the image that was read, and the reading."""

    box: Box
    image: Image
    reading: Reading


class View(Protocol):
    """What the app needs of the page."""

    def show_nothing(self) -> None:
        """Show that nothing is drawn."""
        ...

    def show_number(self, digits: Sequence[Digit], chosen: int) -> None:
        """Show a number of one digit or more, left to right.

        Args:
            digits: The digits.
            chosen: The index of the digit to show details of.

        """
        ...

    def show_origin(self, model: Model) -> None:
        """Show where the model was loaded from. Reading works from now on."""
        ...

    def show_failure(self, error: BaseException) -> None:
        """Show why nothing can be read, and offer to try again."""
        ...


@dataclass
class App:
    """The drawing, the model, and the number that was read last.

    Attributes:
        ink: The drawing.
        view: Shows the results.
        load: Loads the page's own model. Raises OfflineModelError.
        recogniser: Reads images; None until a model is loaded.
        taught: The examples that the user taught, as features of the current model.
        number: The digits that are shown, left to right.
        chosen: The index of the digit that bars, panels and teaching refer to: the digit drawn on
            last, until the user chooses another.
        read_from: The picture that the number was read from; None for the drawing.
        changed: Notified after the number, the chosen digit or the model has changed.
        replacing: Notified before the number gives way to another drawing or picture.

    """

    ink: Ink
    view: View
    load: Callable[[], Awaitable[Model]]
    recogniser: Recogniser | None = None
    taught: NearestNeighbours = field(default_factory=NearestNeighbours)
    number: Sequence[Digit] = ()
    chosen: int = 0
    read_from: Image | None = None
    changed: Listeners = field(default_factory=Listeners)
    replacing: Listeners = field(default_factory=Listeners)
    _picture: Image | None = None
    _version: int = 0
    _version_shown: int = -1
    _must_read: asyncio.Event = field(default_factory=asyncio.Event)
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def text(self) -> str:
        """The number that is shown; "" if none is."""
        return "".join(digit.reading.label for digit in self.number)

    @property
    def digit(self) -> Digit | None:
        """The chosen digit of the number; None if no number is shown."""
        return self.number[self.chosen] if self.number else None

    @property
    def model(self) -> Model | None:
        """The current model; None until one is loaded."""
        return self.recogniser.model if self.recogniser else None

    @property
    def is_up_to_date(self) -> bool:
        """Whether the number was read from the drawing, or picture, as it is now."""
        return not (self._must_read.is_set() or self._reading.locked())

    async def load_and_use(self) -> None:
        """Load the page's own model and use it; on failure, show why."""
        try:
            model = await self.load()
        except OfflineModelError as error:
            self.view.show_failure(error)
            return
        await self.use(model)

    async def use(self, model: Model) -> None:
        """Read with this model from now on, and release the one before.

        The taught examples are dropped: another model computes other features. The caller teaches
        them again.
        """
        model = replace(model, session=_DrainingSession(model.session))
        before, self.recogniser = self.recogniser, Recogniser(model, self.taught)
        self.taught.clear()
        await self._read()
        if before:
            await before.model.session.release()
        self.view.show_origin(model)
        self.changed.notify()

    def drawing_changed(self) -> None:
        """Have the drawing read, as soon as the reading under way has ended."""
        if self.read_from is not None:
            self.replacing.notify()
        self._source_changed(None)

    def clear_drawing(self) -> None:
        """Remove all strokes."""
        self.replacing.notify()
        self.ink.clear()
        self.drawing_changed()

    def switch_to_picture(self, image: Image) -> None:
        """Have the image of a picture read in place of the drawing, until the drawing changes."""
        self.replacing.notify()
        self._source_changed(image)

    def request_reread(self) -> None:
        """Have the same drawing or picture read again: what was taught has changed."""
        self._must_read.set()

    def choose(self, index: int) -> None:
        """Choose another digit of the number, until the drawing changes."""
        self.chosen = index
        self.view.show_number(self.number, index)
        self.changed.notify()

    async def read_whenever_changed(self) -> None:
        """Read at every change, for ever. Changes during a reading are read together after it."""
        while True:
            await self._must_read.wait()
            self._must_read.clear()
            await self._read()

    def images_to_read(self) -> tuple[list[Box], list[Image], int]:
        """Return the box and the image of each digit, left to right, and the newest digit's index.

        There has to be a picture or a drawing.
        """
        if self._picture is not None:
            return [SHEET], [self._picture], 0
        return _digits_of(self.ink)

    def _source_changed(self, picture: Image | None) -> None:
        self._picture = picture
        self._version += 1
        self._must_read.set()

    async def _read(self) -> None:
        """Read the picture or the drawing and show the number; show any error in place of it."""
        async with self._reading:
            try:
                await self._read_and_show()
            except Exception as error:  # also an unforeseen one: the next change is read again
                self.view.show_failure(error)

    async def _read_and_show(self) -> None:
        picture, version = self._picture, self._version
        if picture is None and self.ink.is_empty:
            self.number = ()
            self.view.show_nothing()
            self.changed.notify()
            return
        if self.recogniser is None:
            return
        boxes, images, newest = self.images_to_read()
        readings = await self.recogniser.read(images)
        if self._picture is not picture or (picture is None and self.ink.is_empty):
            return  # the user has gone on to something else, which is read next
        self.number, self.read_from = list(map(Digit, boxes, images, readings)), picture
        if version != self._version_shown:  # reading the same again keeps the chosen digit
            self.chosen, self._version_shown = newest, version
        self.view.show_number(self.number, self.chosen)
        self.changed.notify()


class _DrainingSession:
    """A session whose release waits for the runs under way. Satisfies offline_onnx.Session.

    A panel may still be running the model when another one takes its place.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._runs = 0
        self._run_ended = asyncio.Event()

    async def run(
        self, inputs: Mapping[str, Tensor], outputs: Sequence[str] | None = None
    ) -> dict[str, Tensor]:
        self._runs += 1
        try:
            return await self._session.run(inputs, outputs)
        finally:
            self._runs -= 1
            self._run_ended.set()

    async def release(self) -> None:
        while self._runs:
            self._run_ended.clear()
            await self._run_ended.wait()
        await self._session.release()


def _digits_of(ink: Ink) -> tuple[list[Box], list[Image], int]:
    """Return the box and the image of each drawn digit, and the index of the newest digit."""
    gestures = ink.gestures
    # A gesture that left the sheet and came back counts as one line for grouping.
    lines = [[point for stroke in gesture for point in stroke] for gesture in gestures]
    strokes_of = {id(line): gesture for line, gesture in zip(lines, gestures, strict=True)}
    groups = segment(lines)
    newest = next(i for i, group in enumerate(groups) if any(line is lines[-1] for line in group))
    digits = [[stroke for line in group for stroke in strokes_of[id(line)]] for group in groups]
    return [box_around(each) for each in digits], [rasterise(each) for each in digits], newest
