"""Teaching in the page: the ten bars, which are buttons, and a message about each change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digits.app import Listeners
from digits.page.device.example_store import DATABASE, IndexedDBExamples
from digits.page.device.other_tabs import on_changed_by_other_tab
from digits.page.dom import element, on, on_list_click, set_text
from digits.reading.examples import Example
from digits.teaching import NeitherStoredNorLearnedError, Teaching
from offline_onnx import StoreError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterable, Mapping

    from digits.app import App
    from digits.page.background import Run
    from digits.words import Words


class Teacher:
    """Teaches the model the chosen digit when the user presses the bar of the right label.

    Attributes:
        message: The message about the last change.
        changed: Notified when examples or `message` have changed.

    """

    def __init__(self, app: App, words: Words, run: Run) -> None:
        self.message = ""
        self.changed = Listeners()
        self._app = app
        self._words = words
        self._teaching = Teaching(app, IndexedDBExamples())
        self._can_teach = False
        on_list_click(element("bars"), lambda label: run(self.teach(label)))
        on(element("unteach"), "click", lambda _: run(self.undo()))
        on_changed_by_other_tab(DATABASE, lambda: run(self._synchronise()))
        app.changed.add(self._refresh)

    @property
    def examples(self) -> Mapping[int, Example]:
        """All examples by number, oldest first."""
        return self._teaching.examples

    @property
    def unreadable(self) -> int:
        """How many stored examples can't be read."""
        return len(self._teaching.unreadable)

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to undo."""
        return self._teaching.can_undo

    async def open(self) -> None:
        """Teach the current model the stored examples and those taught in this page load."""
        unreadable = self.unreadable
        await self._teaching.open()
        if self.unreadable > unreadable:
            self.say("taught_unreadable", count=self.unreadable)
        element("teach").dataset.examples = len(self.examples)
        self._refresh()

    async def teach(self, label: str) -> None:
        """Learn that this is the right label of the chosen digit."""
        digit = self._app.chosen_digit
        if digit is None:
            return
        if digit.reading.is_confident and digit.reading.label == label:
            self.say("taught_already", label=label)
            return
        example = Example.of(label, digit.image)
        await self._change(self._teaching.teach(example), "taught_now", label=label)

    async def add(self, examples: Iterable[Example]) -> None:
        """Learn the examples of a file that are not known yet."""
        await self._change(self._teaching.add(examples), "taught_added")

    async def forget(self, key: int) -> None:
        """Forget the example of this number."""
        await self._change(self._teaching.forget(key), "taught_forgotten", count=1)

    async def forget_all(self) -> None:
        """Forget all examples."""
        await self._change(self._teaching.forget_all(), "taught_forgotten")

    async def undo(self) -> None:
        """Undo the last change."""
        await self._change(self._teaching.undo(), "taught_undone")

    def say(self, key: str, **values: object) -> None:
        """Show a message about a change, and notify the listeners."""
        self._show(self._words.say(key, **values))
        self.changed.notify()

    def _refresh(self) -> None:
        """Enable the bars if a digit is shown and the model can learn."""
        recogniser = self._app.recogniser
        can_teach = bool(recogniser and recogniser.can_be_taught and self._app.number)
        if can_teach != self._can_teach:
            self._can_teach = can_teach
            element("teach").disabled = not can_teach
            if not can_teach:
                self._show("")
                element("unteach").hidden = True

    async def _change(self, change: Awaitable[int | None], key: str, **values: object) -> None:
        message = ""
        try:
            count = await change
            message = self._words.say(key, **({"count": count} | values))
        except StoreError as error:
            message = self._not_stored(error)
        except NeitherStoredNorLearnedError as errors:
            message = self._not_stored(errors.store_error)
            raise errors.learn_error from None
        finally:  # the change has taken effect, even if the model can't learn it
            self._show(message)
            element("unteach").hidden = not self.can_undo
            self.changed.notify()

    def _not_stored(self, error: StoreError) -> str:
        return self._words.say("taught_not_stored", reason=self._words.reason(error))

    async def _synchronise(self) -> None:
        await self._teaching.synchronise()
        self._show("")  # another tab may have undone the change that the message reports
        self.changed.notify()

    def _show(self, message: str) -> None:
        self.message = message
        set_text(element("lesson"), message)
