"""How the user writes each symbol: learned from the drawing, and from what the user teaches."""

from __future__ import annotations

import binascii
from collections import deque
from typing import TYPE_CHECKING, Protocol

from digits.app import Listeners
from digits.drawing.ink import box_around
from digits.drawing.lines import Line
from digits.reading.contract import DIGITS, SYMBOLS
from digits.reading.examples import Example
from digits.writing.hand import Hand
from digits.writing.sample import Sample, sample_strokes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from digits.app import App, Symbol
    from digits.drawing.ink import Box, Gesture, Stroke
    from digits.drawing.raster import Image
    from digits.teaching import Examples

SET_ASIDE = 100
"""The number of removed samples that remain in memory, so that undoing can bring them back."""


class SampleStore(Protocol):
    """A store of samples. If possible, they remain when the page is closed."""

    @property
    def entries(self) -> Sequence[Sample]:
        """All samples, oldest first."""
        ...

    def replace(self, entries: Iterable[Sample]) -> None:
        """Replace all samples."""
        ...


class Handwriting:
    """The user's hand. It knows each symbol as it was last written, or taught.

    Attributes:
        changed: Notified after samples have changed.

    """

    def __init__(self, app: App, store: SampleStore) -> None:
        self.changed = Listeners()
        self._app = app
        self._store = store
        self._learned: set[tuple[str, int]] = set()
        # Gestures of an earlier visit, in which they were learned. The user may have deleted their
        # samples since, so they are not learned again.
        self._restored = list(app.ink.gestures)
        self._set_aside: deque[Sample] = deque(maxlen=SET_ASIDE)

    @property
    def symbols(self) -> list[str]:
        """The symbols that were written or taught."""
        known = {sample.symbol for sample in self._store.entries}
        return [symbol for symbol in SYMBOLS if symbol in known]

    def write(self, text: str) -> list[Stroke]:
        """Return the strokes of a text: see `Hand.write`."""
        return Hand(self._store.entries).write(text)

    def learn_drawing(self) -> None:
        """Learn how the user wrote the symbols that are shown and were read confidently.

        Skip symbols of an earlier visit. Call this method when the drawing is finished: parts of a
        symbol often look like other symbols.
        """
        if self._app.shown_picture is not None:
            return
        shown = {
            (symbol.reading.label, _identify(symbol.image)): symbol
            for symbol in self._drawn_symbols()
            if symbol.reading.is_confident
        }
        learned, self._learned = self._learned, set(shown)
        hand = Hand(self._store.entries)
        for (label, drawing), symbol in shown.items():
            if (label, drawing) in learned:
                continue  # it is known, or the user has deleted it
            if self._is_restored(symbol):
                continue
            example = symbol.reading.used_example
            lesson = example.key if example and symbol.reading.is_decided_by_example else None
            self._learn(hand, symbol, label, drawing, lesson)
        self._save(hand)

    def examples_changed(self, removed: Examples, added: Examples) -> None:
        """Learn the drawings of taught examples, and forget what is now known to be wrong.

        When a drawing is taught as one symbol, its samples of other symbols are removed. When an
        example is removed, so are the samples that exist because of it. Undoing a change of the
        examples brings these samples back.

        Args:
            removed: The examples that have been removed.
            added: The examples that have been added.

        """
        hand = Hand(self._store.entries)
        without_lesson = {binascii.crc32(example.pixels) for example in removed.values()}
        self._remove(hand, lambda sample: sample.lesson in removed)
        self._bring_back(
            hand, lambda sample: sample.lesson is None and sample.drawing in without_lesson
        )
        label_of = {binascii.crc32(example.pixels): example.label for example in added.values()}
        self._remove(
            hand, lambda sample: label_of.get(sample.drawing, sample.symbol) != sample.symbol
        )
        self._bring_back(hand, lambda sample: sample.lesson in added)
        key_of = {binascii.crc32(example.pixels): key for key, example in added.items()}
        for symbol in self._drawn_symbols() if added else ():
            drawing = _identify(symbol.image)
            if drawing in key_of:
                key = key_of[drawing]
                self._learn(hand, symbol, added[key].label, drawing, key)
        self._save(hand)

    def forget_all(self) -> list[Sample]:
        """Forget how the user writes. Return the samples, for `restore`."""
        samples = list(self._store.entries)
        self._set_aside.clear()
        self._save(Hand())
        return samples

    def restore(self, samples: Iterable[Sample]) -> None:
        """Bring back samples that `forget_all` has returned. Newer samples stay."""
        self._save(Hand([*samples, *self._store.entries]))

    def _drawn_symbols(self) -> Sequence[Symbol]:
        return () if self._app.shown_picture is not None else self._app.symbols

    def _learn(
        self, hand: Hand, symbol: Symbol, label: str, drawing: int, lesson: int | None
    ) -> None:
        line = [each for each in self._app.symbols if each.line == symbol.line]
        labels = [label if each is symbol else each.reading.label for each in line]
        if not any(each in DIGITS for each in labels):
            return  # without a digit, the height of the line is unknown
        measured = Line([each.box for each in line])
        middle = measured.middle_at((symbol.box[0] + symbol.box[2]) / 2)
        strokes = sample_strokes(self._strokes_of(symbol), middle, measured.height)
        if strokes:
            hand.add(Sample(label, drawing, lesson, strokes))

    def _is_restored(self, symbol: Symbol) -> bool:
        """Return whether all gestures of a symbol are from an earlier visit."""
        return all(
            any(gesture is each for each in self._restored) for gesture in self._gestures_of(symbol)
        )

    def _strokes_of(self, symbol: Symbol) -> list[Stroke]:
        """Return the strokes of a symbol; none if the drawing has changed since it was read."""
        found: list[Stroke] = [each for gesture in self._gestures_of(symbol) for each in gesture]
        return found if found and box_around(found) == symbol.box else []

    def _gestures_of(self, symbol: Symbol) -> list[Gesture]:
        """Return the gestures within a symbol's box, without those of smaller symbols there."""
        found = []
        for gesture in self._app.ink.gestures:
            box = box_around(gesture)
            around = [each.box for each in self._app.symbols if _is_within(box, each.box)]
            if symbol.box == min(around, key=_area, default=None):
                found.append(gesture)
        return found

    def _remove(self, hand: Hand, is_removed: Callable[[Sample], bool]) -> None:
        self._set_aside += hand.remove(is_removed)

    def _bring_back(self, hand: Hand, is_wanted: Callable[[Sample], bool]) -> None:
        for sample in [each for each in self._set_aside if is_wanted(each)]:
            self._set_aside.remove(sample)
            hand.add(sample)

    def _save(self, hand: Hand) -> None:
        if hand.samples != list(self._store.entries):
            self._store.replace(hand.samples)
            self.changed.notify()


def _identify(image: Image) -> int:
    """Return a number that identifies the drawing that was read as this image.

    An example that teaches the drawing has the same pixels, and so the same number.
    """
    return binascii.crc32(Example.of(SYMBOLS[0], image).pixels)


def _is_within(box: Box, outer: Box) -> bool:
    return box[0] >= outer[0] and box[1] >= outer[1] and box[2] <= outer[2] and box[3] <= outer[3]


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])
