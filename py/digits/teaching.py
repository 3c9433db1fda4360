"""The examples that the user teaches: learn them at once, store them, and undo changes."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from itertools import batched
from typing import TYPE_CHECKING, Protocol

from digits.reading.contract import FEATURES
from digits.reading.examples import new_key
from offline_onnx import OfflineModelError
from offline_onnx.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from digits.app import App
    from digits.reading.examples import Example

type Examples = dict[int, Example]
"""Examples by key, in ascending order: the oldest example comes first. See `new_key`."""

BATCH = 16
"""The number of examples that one run of the model processes. More would visibly delay the page."""
UNDO_LIMIT = 100
"""The number of changes that can be undone. Examples that they removed stay in memory."""


class NeitherStoredNorLearnedError(Exception):
    """A change could not be stored, and the model could not learn it. It holds both errors."""

    def __init__(self, store_error: StoreError, learn_error: BaseException) -> None:
        super().__init__(f"{store_error}; {learn_error}")
        self.store_error = store_error
        self.learn_error = learn_error


class ExampleStore(Protocol):
    """A store whose examples remain when the page is closed."""

    async def load(self) -> tuple[Examples, list[object]]:
        """Return the stored examples, and the keys of stored examples that can't be read.

        Raises:
            StoreError: The store can't be read.

        """
        ...

    async def change(self, removed: Iterable[object], added: Examples) -> None:
        """Delete the examples with the removed keys, and store the added ones, in one transaction.

        Raises:
            StoreError: The transaction failed, so the store is unchanged.

        """
        ...


@dataclass(frozen=True)
class _Change:
    """A change that can be undone.

    Attributes:
        removed: The examples that the change removed.
        added: The examples that the change added.
        taught: The example that the user taught; None if the change was of another kind.

    """

    removed: Examples
    added: Examples
    taught: Example | None


class Teaching:
    """The examples of this page. If they can't be stored, they are used until it is closed.

    Every change of `examples` takes effect at once. If it can't be stored, StoreError is raised
    afterwards; if the model can't learn it, another OfflineModelError; in both cases at once,
    NeitherStoredNorLearnedError.

    Attributes:
        examples: All examples that are in use.
        unreadable: The keys of stored examples that can't be read. These examples stay in the
            store, because a later version of the page may be able to read them.

    """

    def __init__(
        self,
        app: App,
        store: ExampleStore,
        note_change: Callable[[], None] = lambda: None,
        note_examples: Callable[[Examples, Examples], None] = lambda *_: None,
    ) -> None:
        """Begin without examples.

        Args:
            app: Learns the examples.
            store: Stores the examples.
            note_change: Called at each change that `undo` can undo, before it takes effect.
            note_examples: Called when the user has changed the examples in this tab, with the
                removed and the added ones. What other tabs change is not reported.

        """
        self.examples: Examples = {}
        self.unreadable: list[object] = []
        self._app = app
        self._store = store
        self._stored_keys: set[int] = set()
        self._store_lock = asyncio.Lock()
        self._note_change = note_change
        self._note_examples = note_examples
        self._undo: deque[_Change] = deque(maxlen=UNDO_LIMIT)

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to undo."""
        return bool(self._undo)

    @property
    def latest_taught(self) -> Example | None:
        """The example that the latest change taught; None if it taught none, or there is none."""
        return self._undo[-1].taught if self._undo else None

    async def open(self) -> None:
        """Load the stored examples, and have the current model learn all examples."""
        with suppress(StoreError):  # the next change will report the error to the user
            await self._load()
        try:
            await self._learn(self.examples)
        finally:
            self._app.end_wait_for_examples()

    async def synchronise(self) -> None:
        """Apply the changes that other tabs have made to the store."""
        with suppress(StoreError):
            await self._learn(await self._load())

    async def teach(self, example: Example) -> None:
        """Learn an example. Forget other examples of the same image: their labels were wrong."""
        same = {key: each for key, each in self.examples.items() if each.pixels == example.pixels}
        await self._change(same, self._with_new_keys([example]), taught=example)

    async def add(self, examples: Iterable[Example]) -> int:
        """Learn the examples that are not in use yet. Return how many were added."""
        known = set(self.examples.values())
        new = [each for each in dict.fromkeys(examples) if each not in known]
        await self._change({}, self._with_new_keys(new))
        return len(new)

    async def forget(self, key: int) -> None:
        """Forget the example with this key. Do nothing if another tab has already removed it."""
        if key in self.examples:
            await self._change({key: self.examples[key]}, {})

    async def forget_all(self) -> int:
        """Forget all examples, and delete the stored examples that can't be read.

        `undo` does not restore the examples that can't be read.

        Returns:
            How many examples were forgotten or deleted.

        """
        unreadable, self.unreadable = self.unreadable, []
        count = len(self.examples) + len(unreadable)
        await self._change(dict(self.examples), {}, unreadable)
        return count

    async def undo(self) -> None:
        """Undo the latest change. Do nothing if there is no change to undo."""
        if self._undo:
            change = self._undo.pop()
            await self._replace(change.added, change.removed)

    async def _change(
        self,
        removed: Examples,
        added: Examples,
        unreadable: Iterable[object] = (),
        taught: Example | None = None,
    ) -> None:
        if removed or added:
            self._undo.append(_Change(removed, added, taught))
            self._note_change()
        await self._replace(removed, added, unreadable)

    async def _replace(
        self, removed: Examples, added: Examples, unreadable: Iterable[object] = ()
    ) -> None:
        self._apply(removed, added)
        self._note_examples(removed, added)
        # `_save` does not wait for `_learn`: so changes are stored in the order of the calls.
        store_error, learn_error = await asyncio.gather(
            self._save([*removed, *unreadable], added), self._learn(added), return_exceptions=True
        )
        if isinstance(store_error, StoreError) and learn_error:
            raise NeitherStoredNorLearnedError(store_error, learn_error)
        if error := store_error or learn_error:
            raise error

    async def _save(self, removed: Iterable[object], added: Examples) -> None:
        async with self._store_lock:
            await self._store.change(removed, added)
            self._stored_keys = self._stored_keys.difference(removed) | added.keys()

    async def _load(self) -> Examples:
        """Apply all changes in the store since the last load to `examples`.

        Returns:
            The examples that were added.

        """
        async with self._store_lock:
            stored, self.unreadable = await self._store.load()
            removed = self._stored_keys - stored.keys()
            added = {key: each for key, each in stored.items() if key not in self._stored_keys}
            self._stored_keys = set(stored)
        self._apply(removed, added)
        return added

    def _apply(self, removed: Iterable[int], added: Examples) -> None:
        for key in removed:
            self.examples.pop(key, None)
            self._app.taught.remove(key)
        self.examples = dict(sorted((self.examples | added).items()))

    async def _learn(self, examples: Examples) -> None:
        """Compute the features of examples and learn them. Then request another reading."""
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
                    return  # the app has switched models: `open` learns with the new model
                for (key, example), output in zip(batch, outputs, strict=True):
                    if key in self.examples:  # the user may have removed it during the run
                        app.taught.add(key, example.label, output[FEATURES])
        app.request_reread()

    def _with_new_keys(self, examples: Iterable[Example]) -> Examples:
        first = new_key(self.examples, time.time_ns() // 1000)
        return dict(enumerate(examples, first))
