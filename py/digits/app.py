"""The state of the app, and the loop that reads the drawing or the picture after every change.

A stroke becomes a number in these steps:

1. The page adds points to `App.ink` and calls `App.drawing_changed`.
2. The call wakes up the loop `App.read_whenever_changed`.
3. `App.read_source` has `digits.reading.line_reader` read the drawing.
4. The `View` shows the symbols, and `App.changed` notifies its listeners.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING, Protocol

from digits.drawing.source import DrawingSource
from digits.reading import line_reader
from digits.reading.nearest import NearestNeighbours
from digits.reading.recogniser import ALONE, NO_SYMBOL, Recogniser
from offline_onnx import OfflineModelError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from digits.drawing.ink import Box, Ink
    from digits.drawing.raster import Image
    from digits.reading.recogniser import Reading, Weights
    from offline_onnx import Model, Tensor
    from offline_onnx.inference.session import Session


class Source(line_reader.Source, Protocol):
    """What is read: the drawing, or a picture that covers it."""

    def on_sheet(self, box: Box) -> Box:
        """Return the place of a box on the sheet. box: in the source's own coordinates."""
        ...

    @property
    def newest(self) -> int | None:
        """The index of the newest part, whose symbol is chosen at first.

        None if no part is newer than the others; then the first symbol is chosen.
        """
        ...


class Listeners:
    """A list of functions to call at each change."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[], None]] = []

    def add(self, listener: Callable[[], None]) -> None:
        """Add a function to call at each change from now on."""
        self._listeners.append(listener)

    def notify(self) -> None:
        """Call all listeners, in the order in which they were added."""
        for listener in self._listeners:
            listener()


@dataclass(frozen=True)
class Symbol:
    """A digit or sign that was read.

    Attributes:
        box: Its box on the sheet.
        image: The image that was read.
        reading: The reading.
        weights: How likely each symbol is apart from the image: by its place and its neighbours.
        line: The number of its line, from 0 for the top one.

    """

    box: Box
    image: Image
    reading: Reading
    weights: Weights = ALONE
    line: int = 0


def text_of(symbols: Sequence[Symbol]) -> str:
    """Return the symbols as text, a line of text for each line."""
    lines = groupby(symbols, key=lambda symbol: symbol.line)
    return "\n".join("".join(symbol.reading.text for symbol in line) for _, line in lines)


class View(Protocol):
    """The part of the page that shows readings and errors."""

    def show_nothing(self) -> None:
        """Show that the sheet is empty."""
        ...

    def show_symbols(self, symbols: Sequence[Symbol], chosen: int) -> None:
        """Show one or more symbols.

        Args:
            symbols: The symbols, line by line, left to right.
            chosen: The index of the symbol to show details of.

        """
        ...

    def show_origin(self, model: Model) -> None:
        """Show where the model was loaded from. Called when a model is in use."""
        ...

    def show_failure(self, error: BaseException) -> None:
        """Show why a load, a reading or other work failed, and offer to try again."""
        ...


@dataclass
class App:
    """The drawing, the model, and the number that was read most recently.

    Attributes:
        ink: The drawing.
        view: Shows numbers and errors.
        load: Loads the model that is published with the page. Raises OfflineModelError.
        recogniser: Reads images; None until a model is loaded.
        taught: The examples that the user taught, as features of the current model.
        awaits_examples: Whether the stored examples are still missing in `taught`. As long as they
            are, no number is shown, because without them a taught digit could be read wrong, and
            its example would seem lost.
        symbols: The symbols that are shown, line by line, left to right; empty if none is shown.
        chosen: The index of the symbol that the bars, the panels and teaching refer to. At first
            this is the one that the latest stroke belongs to, or the first of a picture; the user
            can choose another one.
        shown_picture: The picture that the symbols were read from; None if it was a drawing. While
            no symbols are shown, this is still the picture of the symbols before.
        changed: Notified after the symbols, the chosen one or the model has changed.
        before_replacement: Notified before the drawing is cleared, and before the app switches to a
            picture or back to the drawing. `symbols` are still the old ones.

    """

    ink: Ink
    view: View
    load: Callable[[], Awaitable[Model]]
    recogniser: Recogniser | None = None
    taught: NearestNeighbours = field(default_factory=NearestNeighbours)
    awaits_examples: bool = False
    symbols: Sequence[Symbol] = ()
    chosen: int = 0
    shown_picture: Source | None = None
    changed: Listeners = field(default_factory=Listeners)
    before_replacement: Listeners = field(default_factory=Listeners)
    _picture: Source | None = None  # None: read the drawing
    _source_revision: int = 0
    _shown_revision: int = -1
    _read_is_requested: asyncio.Event = field(default_factory=asyncio.Event)
    _read_lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def text(self) -> str:
        """The symbols that are shown, a line of text for each line; "" if none is shown.

        NO_SYMBOL stands for an image that seems to show no symbol. If all images seem to show none,
        the text is "".
        """
        text = text_of(self.symbols)
        return text if text.strip(f"{NO_SYMBOL}\n") else ""

    @property
    def chosen_symbol(self) -> Symbol | None:
        """The chosen symbol; None if none is shown."""
        return self.symbols[self.chosen] if self.symbols else None

    @property
    def model(self) -> Model | None:
        """The current model; None until one is loaded."""
        return self.recogniser.model if self.recogniser else None

    @property
    def is_up_to_date(self) -> bool:
        """Whether no reading is requested or running."""
        return not (self._read_is_requested.is_set() or self._read_lock.locked())

    async def load_and_use(self) -> None:
        """Load the published model and use it. If it can't be loaded, show the error."""
        try:
            model = await self.load()
        except OfflineModelError as error:
            self.view.show_failure(error)
            return
        await self.use(model)

    async def use(self, model: Model) -> None:
        """Read with this model from now on, and release the previous model.

        This clears the taught examples, because each model computes its own features. The caller
        must teach the examples again, and then call `end_wait_for_examples`.
        """
        model = replace(model, session=_DrainingSession(model.session))
        previous, self.recogniser = self.recogniser, Recogniser(model, self.taught)
        self.awaits_examples |= bool(self.taught)
        self.taught.clear()
        await self._read()
        self.view.show_origin(model)
        self.changed.notify()
        if previous:
            await previous.model.session.release()

    def drawing_changed(self) -> None:
        """Request that the drawing is read, after any reading that is in progress."""
        if self.shown_picture is not None:
            self.before_replacement.notify()
        self._source_changed(None)

    def clear_drawing(self) -> None:
        """Remove all strokes."""
        self.before_replacement.notify()
        self.ink.clear()
        self.drawing_changed()

    def switch_to_picture(self, picture: Source) -> None:
        """Request that a picture is read instead of the drawing, until the drawing changes."""
        self.before_replacement.notify()
        self._source_changed(picture)

    def end_wait_for_examples(self) -> None:
        """Show numbers from now on: the stored examples have been taught, or this has failed."""
        if self.awaits_examples:
            self.awaits_examples = False
            self.request_reread()

    def request_reread(self) -> None:
        """Request another reading of the same source."""
        self._read_is_requested.set()

    def choose(self, index: int) -> None:
        """Choose the symbol with this index, until the drawing or the picture changes."""
        self.chosen = index
        self.view.show_symbols(self.symbols, index)
        self.changed.notify()

    async def read_whenever_changed(self) -> None:
        """Read after every change, in an endless loop.

        All changes that are made during a reading are read together, in the next reading.
        """
        while True:
            await self._read_is_requested.wait()
            self._read_is_requested.clear()
            await self._read()

    async def read_source(self, recogniser: Recogniser) -> tuple[list[Symbol], int]:
        """Read the picture or the drawing. There must be a picture or at least one stroke.

        Returns:
            The symbols, and the index of the one to choose: see `Source.newest`.

        Raises:
            SessionError: The model can't run.

        """
        source = self._picture or DrawingSource(self.ink.gestures)
        lines = await line_reader.read_lines(recogniser, source)
        read = [(symbol, number) for number, line in enumerate(lines) for symbol in line]
        newest = next(
            (index for index, (symbol, _) in enumerate(read) if source.newest in symbol.parts), 0
        )
        symbols = [
            Symbol(source.on_sheet(each.box), each.image, each.reading, each.weights, number)
            for each, number in read
        ]
        return symbols, newest

    def _source_changed(self, picture: Source | None) -> None:
        self._picture = picture
        self._source_revision += 1
        self._read_is_requested.set()

    async def _read(self) -> None:
        """Read the picture or the drawing. Show the number, or the error if there is one."""
        async with self._read_lock:
            try:
                await self._read_and_show()
            except Exception as error:  # even an unforeseen error must not end the reading loop
                self.view.show_failure(error)

    async def _read_and_show(self) -> None:
        picture, revision = self._picture, self._source_revision
        if picture is None and self.ink.is_empty:
            self.symbols = ()
            self.view.show_nothing()
            self.changed.notify()
            return
        if self.recogniser is None or self.awaits_examples:
            return
        symbols, newest = await self.read_source(self.recogniser)
        if self._picture is not picture or (picture is None and self.ink.is_empty):
            return  # outdated: the user has switched the source or cleared the drawing meanwhile
        self.symbols, self.shown_picture = symbols, picture
        if revision != self._shown_revision:  # a reread of the same source keeps `chosen`
            self.chosen, self._shown_revision = newest, revision
        self.view.show_symbols(self.symbols, self.chosen)
        self.changed.notify()


class _DrainingSession:
    """A session whose `release` waits until all runs have ended. It implements `Session`.

    A panel may still be running the old model when the app switches to another model.
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
