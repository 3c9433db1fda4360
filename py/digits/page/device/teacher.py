"""What the page is taught: kept, learned at once, and taken back when asked."""

from __future__ import annotations

import time
from collections import deque
from itertools import batched
from typing import TYPE_CHECKING, Any

from digits.page.device.example_store import DATABASE, ExampleStore
from digits.page.device.other_tabs import on_changed_elsewhere
from digits.page.dom import element, on, on_pressed, write
from digits.reading.contract import FEATURES
from digits.reading.examples import Example, next_number
from offline_onnx import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digits.page.main import Page

type Examples = dict[int, Example]

BATCH, UNDOABLE = 16, 100
"""Examples that are learned in one run of the model: a longer one would be felt. Changes that can
be taken back: what was forgotten is held for as long."""


class Teacher:
    """Turns the bars into ten answers to tap.

    examples: by number, oldest first; those of them that are not kept hold until the page is
    closed. news: what came of the last change.
    """

    def __init__(self, page: Page) -> None:
        self.examples: Examples = {}
        self._page = page
        self._store = ExampleStore()
        self._kept: set[int] = set()
        self._undo: deque[tuple[Examples, Examples]] = deque(maxlen=UNDOABLE)
        self._can_teach = False
        self.news = ""

    def wire(self) -> None:
        """Listen to taps and to other tabs. Call it after the start, to cost none of it."""
        on_pressed(element("bars"), lambda label: self._page.run(self.teach(label)))
        on(element("unteach"), "click", lambda _: self._page.run(self.undo()))
        on_changed_elsewhere(DATABASE, lambda: self._page.run(self._catch_up()))

    async def open(self) -> None:
        """Learn what is kept, with the model that reads now."""
        try:
            self.examples, damaged = await self._store.load()
            self._kept = set(self.examples)
        except StoreError:
            damaged = 0  # there is nothing to be had; teaching tells why nothing is kept
        if damaged:
            self.tell("taught_damaged", count=damaged)
        if self.examples:
            await self._learn(self.examples)
        element("teach").dataset.examples = len(self.examples)
        self.refresh()

    def refresh(self) -> None:
        """Let the digit that is shown be taught, if there is one and the model can learn."""
        reader = self._page.app.recogniser
        can_teach = bool(reader and reader.can_be_taught and self._page.app.number)
        if can_teach != self._can_teach:
            self._can_teach = can_teach
            element("teach").disabled = not can_teach
            if not can_teach:
                self._tell("")
                element("unteach").hidden = True

    @property
    def can_undo(self) -> bool:
        """Whether there is a change that can be taken back."""
        return bool(self._undo)

    async def teach(self, label: str) -> None:
        """Learn that the digit which is chosen is this one."""
        digit = self._page.app.digit
        if digit is None:
            return
        if digit.reading.is_confident and digit.reading.label == label:
            self.tell("taught_already", label=label)
            return
        example = Example.of(label, digit.image)
        # The same image is not two digits: what was said of it before was a slip of the finger.
        removed = {
            key: each for key, each in self.examples.items() if each.pixels == example.pixels
        }
        await self._change(removed, self._numbered([example]), "taught_now", label=label)

    async def add(self, examples: Iterable[Example]) -> int:
        """Learn examples of a file, those that are not known yet; give how many these are."""
        known = set(self.examples.values())
        new = [each for each in dict.fromkeys(examples) if each not in known]
        await self._change({}, self._numbered(new), "taught_added", count=len(new))
        return len(new)

    async def forget(self, keys: Iterable[int]) -> None:
        """Forget examples."""
        removed = {key: self.examples[key] for key in keys if key in self.examples}
        await self._change(removed, {}, "taught_forgotten", count=len(removed))

    async def undo(self) -> None:
        """Take the last change back."""
        if self._undo:
            added, removed = self._undo.pop()
            await self._put(added, removed, "taught_undone")

    async def _change(self, removed: Examples, added: Examples, key: str, **values: Any) -> None:
        """Forget some examples and learn others, in a way that can be taken back."""
        self._undo.append((added, removed))
        await self._put(removed, added, key, **values)

    async def _put(self, removed: Examples, added: Examples, key: str, **values: Any) -> None:
        """Forget and learn, at once and in the store, and say so."""
        await self._replace(removed, added)
        try:
            await self._store.change(removed, added)
            self._kept = self._kept - removed.keys() | added.keys()
            self.tell(key, **values)
        except StoreError as error:
            self.tell("taught_not_stored", reason=self._page.words.reason(error))
        element("unteach").hidden = not self.can_undo

    async def _catch_up(self) -> None:
        """Learn and forget what other tabs have, since this one last knew what is kept."""
        try:
            examples, _ = await self._store.load()
        except StoreError:
            return  # what is learned here holds all the same
        before, self._kept = self._kept, set(examples)
        new = {key: each for key, each in examples.items() if key not in before}
        await self._replace(before - self._kept, new)
        self._tell("")  # what was said last may hold no more
        self._page.refresh()

    async def _replace(self, removed: Iterable[int], added: Examples) -> None:
        for key in removed:
            self.examples.pop(key, None)
            self._page.app.taught.remove(key)
        self.examples |= added
        await self._learn(added)

    async def _learn(self, examples: Examples) -> None:
        """Have the network look at examples, and read again what is drawn."""
        app, reader = self._page.app, self._page.app.recogniser
        if reader and reader.can_be_taught:
            for part in batched(examples.items(), BATCH):
                outputs = await reader.outputs([each.image for _, each in part], [FEATURES])
                if app.recogniser is not reader:
                    return  # what was found is of no use to the model that reads now
                for (key, example), found in zip(part, outputs, strict=True):
                    if key in self.examples:  # it may be forgotten meanwhile
                        app.taught.add(key, example.label, found[FEATURES])
        app.request_reread()

    def tell(self, key: str, **values: Any) -> None:
        """Say what came of it."""
        self._tell(self._page.words.say(key, **values))
        self._page.refresh()

    def _tell(self, news: str) -> None:
        self.news = news
        write(element("lesson"), news)

    def _numbered(self, examples: Iterable[Example]) -> Examples:
        first = next_number(self.examples, time.time_ns() // 1000)
        return dict(enumerate(examples, first))
