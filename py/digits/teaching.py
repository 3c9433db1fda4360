"""What the user teaches: learned by the model at once, stored, and undone on request."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from contextlib import suppress
from itertools import batched
from typing import TYPE_CHECKING, Protocol

from digits.reading.contract import FEATURES
from digits.reading.examples import next_number
from offline_onnx import OfflineModelError, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digits.app import App
    from digits.reading.examples import Example

type Examples = dict[int, Example]
"""Examples by number, oldest first."""

BATCH = 16
"""Examples in one run of the model: the user would notice a longer run."""
UNDO_LIMIT = 100
"""Changes that can be undone: the examples that they removed stay in memory for as long."""


class ExampleStore(Protocol):
    """Where examples outlive the page."""

    async def load(self) -> tuple[Examples, list[object]]:
        """Return the stored examples, and the keys of those that can't be read.

        Raises:
            StoreError: The store can't be read.

        """
        ...

    async def change(self, removed: Iterable[object], added: Examples) -> None:
        """Delete the examples with these keys and store others: all of it or nothing.

        Raises:
            StoreError: Nothing was changed.

        """
        ...


class Teaching:
    """The examples of this page. They are used until it is closed, even if they can't be stored.

    Every change takes effect at once. It raises StoreError if it could not be stored as well.

    Attributes:
        examples: All examples that are in use.
        unreadable: The keys of stored examples that can't be read. They stay in the store, as a
            later version of the page may be able to read them.

    """

    def __init__(self, app: App, store: ExampleStore) -> None:
        self.examples: Examples = {}
        self.unreadable: list[object] = []
        self._app = app
        self._store = store
        self._stored: set[int] = set()
        self._storing = asyncio.Lock()
        self._undo: deque[tuple[Examples, Examples]] = deque(maxlen=UNDO_LIMIT)

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to undo."""
        return bool(self._undo)

    async def open(self) -> None:
        """Load what is stored, and have the current model learn all examples."""
        with suppress(StoreError):  # what was taught in this page holds; teaching reports the error
            await self._load()
        await self._learn(self.examples)

    async def synchronise(self) -> None:
        """Learn and forget what other tabs have added to the store and removed from it."""
        with suppress(StoreError):
            await self._learn(await self._load())

    async def teach(self, example: Example) -> None:
        """Learn an example. It replaces examples of the same image: they were mistakes."""
        same = {key: each for key, each in self.examples.items() if each.pixels == example.pixels}
        await self._change(same, self._numbered([example]))

    async def add(self, examples: Iterable[Example]) -> int:
        """Learn those examples that are not known yet, and return how many they are."""
        known = set(self.examples.values())
        new = [each for each in dict.fromkeys(examples) if each not in known]
        await self._change({}, self._numbered(new))
        return len(new)

    async def forget(self, key: int) -> None:
        """Forget an example; do nothing if another tab has forgotten it already."""
        if key in self.examples:
            await self._change({key: self.examples[key]}, {})

    async def forget_all(self) -> int:
        """Forget all examples, those that can't be read for good; return how many they were."""
        unreadable, self.unreadable = self.unreadable, []
        count = len(self.examples) + len(unreadable)
        await self._change(dict(self.examples), {}, unreadable)
        return count

    async def undo(self) -> None:
        """Undo the last change, if there is one."""
        if self._undo:
            added, removed = self._undo.pop()
            await self._replace(added, removed)

    async def _change(
        self, removed: Examples, added: Examples, unreadable: Iterable[object] = ()
    ) -> None:
        self._undo.append((added, removed))
        await self._replace(removed, added, unreadable)

    async def _replace(
        self, removed: Examples, added: Examples, unreadable: Iterable[object] = ()
    ) -> None:
        self._apply(removed, added)
        # The store comes first: it has to see changes in the order in which they were made.
        await asyncio.gather(self._save([*removed, *unreadable], added), self._learn(added))

    async def _save(self, removed: Iterable[object], added: Examples) -> None:
        async with self._storing:
            await self._store.change(removed, added)
            self._stored = self._stored.difference(removed) | added.keys()

    async def _load(self) -> Examples:
        """Take over what has changed in the store; return what is new in it."""
        async with self._storing:
            stored, self.unreadable = await self._store.load()
            gone = self._stored - stored.keys()
            new = {key: each for key, each in stored.items() if key not in self._stored}
            self._stored = set(stored)
        self._apply(gone, new)
        return new

    def _apply(self, removed: Iterable[int], added: Examples) -> None:
        for key in removed:
            self.examples.pop(key, None)
            self._app.taught.remove(key)
        self.examples = dict(sorted((self.examples | added).items()))

    async def _learn(self, examples: Examples) -> None:
        """Learn the model's features of examples, and read again what is shown."""
        app, recogniser = self._app, self._app.recogniser
        if recogniser and recogniser.can_be_taught:
            for batch in batched(examples.items(), BATCH):
                try:
                    outputs = await recogniser.outputs(
                        [each.image for _, each in batch], [FEATURES]
                    )
                except OfflineModelError:
                    if app.recogniser is recogniser:
                        raise
                if app.recogniser is not recogniser:
                    return  # another model has other features: `open` learns them
                for (key, example), output in zip(batch, outputs, strict=True):
                    if key in self.examples:  # it may have been forgotten meanwhile
                        app.taught.add(key, example.label, output[FEATURES])
        app.request_reread()

    def _numbered(self, examples: Iterable[Example]) -> Examples:
        first = next_number(self.examples, time.time_ns() // 1000)
        return dict(enumerate(examples, first))
