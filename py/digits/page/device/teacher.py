"""Teach the model: the bars of the digits and signs are buttons; a message reports each change.

Teaching one example is called a lesson. Its message and its undo button are beside the bars. Other
changes are reported in the panel of the taught examples if this panel is open, otherwise also
beside the bars.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from digits.app import Listeners
from digits.page.device import taught_flag
from digits.page.device.example_store import DATABASE, IndexedDBExamples
from digits.page.device.other_tabs import on_changed_by_other_tab
from digits.page.dom import element, on, on_list_click, set_text
from digits.reading.examples import Example
from digits.teaching import NeitherStoredNorLearnedError, Teaching
from offline_onnx.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterable, Mapping

    from digits.actions import Actions
    from digits.app import App
    from digits.drawing.raster import Image
    from digits.handwriting import Handwriting
    from digits.page.background import Run
    from digits.words import Words


TEACHING = "teaching"
"""The kind under which `Actions` notes every change of the examples."""


class Teacher:
    """Teaches the model the chosen symbol when the user presses the bar of the right label.

    Attributes:
        message: The message for the panel of the taught examples.
        changed: Notified when the user or another tab has changed the examples, or when there is a
            new `message`.

    """

    def __init__(
        self, app: App, words: Words, run: Run, actions: Actions, handwriting: Handwriting
    ) -> None:
        self.message = ""
        self.changed = Listeners()
        self._app = app
        self._words = words
        self._run = run
        self._actions = actions
        self._teaching = Teaching(
            app, IndexedDBExamples(), self._note_change, handwriting.examples_changed
        )
        self._can_teach = False
        self._lesson_image: Image | None = None
        for bars in ("bars", "signs"):
            on_list_click(element(bars), lambda label: run(self.teach(label)))
        on(element("unteach"), "click", lambda _: self.undo_latest())
        on_changed_by_other_tab(DATABASE, lambda: run(self._synchronise()))
        app.changed.add(self._refresh)

    @property
    def examples(self) -> Mapping[int, Example]:
        """All examples by key, oldest first."""
        return self._teaching.examples

    @property
    def unreadable_count(self) -> int:
        """How many stored examples can't be read."""
        return len(self._teaching.unreadable)

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to undo."""
        return self._teaching.can_undo

    async def open(self) -> None:
        """Teach the current model the stored examples and those taught in this page load."""
        previous_count = self.unreadable_count
        await self._teaching.open()
        if self.unreadable_count > previous_count:
            self._show(self._words.say("taught_unreadable", count=self.unreadable_count))
            self.changed.notify()
        element("teach").dataset.examples = len(self.examples)
        taught_flag.store(is_set=bool(self.examples))
        self._refresh()

    async def teach(self, label: str) -> None:
        """Learn that this is the right label of the chosen symbol."""
        digit = self._app.chosen_symbol
        if digit is None:
            return
        if digit.reading.is_confident and digit.reading.label == label:
            self._show(self._words.say("taught_already", label=label), digit.image)
            return
        example = Example.of(label, digit.image)
        change = self._teaching.teach(example)
        await self._change(change, "taught_now", image=digit.image, label=label)

    async def add(self, examples: Iterable[Example]) -> None:
        """Learn those examples of a file that are not in use yet."""
        await self._change(self._teaching.add(examples), "taught_added")

    async def forget(self, key: int) -> None:
        """Forget the example with this key."""
        await self._change(self._teaching.forget(key), "taught_forgotten", count=1)

    async def forget_all(self) -> None:
        """Forget all examples."""
        await self._change(self._teaching.forget_all(), "taught_forgotten")

    def undo_latest(self) -> None:
        """Undo the latest change of the examples, even if other actions followed it."""
        self._actions.undo_latest(TEACHING)

    def say(self, key: str, **values: object) -> None:
        """Show a message about the examples, and notify the listeners."""
        self._show(self._words.say(key, **values))
        self.changed.notify()

    def _note_change(self) -> None:
        self._actions.add(TEACHING, self._begin_to_undo)

    def _begin_to_undo(self) -> bool:
        digit = self._app.chosen_symbol if self._teaching.latest_taught else None
        image = digit.image if digit else None
        self._run(self._change(self._teaching.undo(), "taught_undone", image=image))
        return True

    def _refresh(self) -> None:
        """Enable the bars if a symbol is shown and the model can learn.

        Hide the message about a lesson if its image is not shown any more. The lesson can still be
        undone.
        """
        recogniser = self._app.recogniser
        can_teach = bool(recogniser and recogniser.can_be_taught and self._app.symbols)
        if can_teach != self._can_teach:
            self._can_teach = can_teach
            element("teach").disabled = not can_teach
            if not can_teach:
                self._empty_lesson()
        image = self._lesson_image
        if image is not None and all(digit.image != image for digit in self._app.symbols):
            self._empty_lesson()

    async def _change(
        self,
        change: Awaitable[int | None],
        key: str,
        *,
        image: Image | None = None,
        **values: object,
    ) -> None:
        """Wait until a change has taken effect, and show a message about it.

        Args:
            change: The change. Its result fills in the placeholder `count` of the message.
            key: The key of the message.
            image: The image of the chosen symbol if the message is about a lesson. The message
                is then beside the bars, and is hidden when the image is not shown any more.
            **values: The values of the other placeholders.

        """
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
            taught_flag.store(is_set=bool(self.examples))
            self._show(message, image)
            self._show_undo()
            self.changed.notify()

    def _not_stored(self, error: StoreError) -> str:
        return self._words.say("taught_not_stored", reason=self._words.reason(error))

    async def _synchronise(self) -> None:
        await self._teaching.synchronise()
        self._show("")  # another tab may have undone the change that the message reports
        self.changed.notify()

    def _show_undo(self) -> None:
        """Show the button that undoes the latest change if that change was a lesson."""
        example = self._teaching.latest_taught
        element("unteach").hidden = example is None
        if example:
            set_text(element("unteach"), self._words.say("unteach", label=example.label))

    def _show(self, message: str, image: Image | None = None) -> None:
        """Show a message: beside the bars if it is about an image or if the panel is closed."""
        in_panel = image is None and element("taught").open
        self._empty_lesson()
        if not in_panel:
            self._lesson_image = image
            set_text(element("lesson"), message)
        previous, self.message = self.message, message if in_panel else ""
        if self.message != previous:
            self.changed.notify()

    def _empty_lesson(self) -> None:
        """Empty the message beside the bars; the panel keeps its message."""
        self._lesson_image = None
        set_text(element("lesson"), "")
