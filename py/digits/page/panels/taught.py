"""The panel that shows, forgets, saves and loads the examples that the user has taught."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from js import document

from digits.drawing.raster import SIDE
from digits.page.dom import connect_file_chooser, element, grey_data, on, on_list_click, set_text
from digits.reading.examples import ExamplesError, from_json, to_json
from offline_onnx.browser.files import save_file
from offline_onnx.browser.interop import Rejected, call

if TYPE_CHECKING:
    from digits.page.background import Run
    from digits.page.device.teacher import Teacher
    from digits.reading.examples import Example
    from digits.words import Words

FILE_NAME = "taught-digits.json"
MAX_BYTES = 16_000_000
"""The maximum size of a file of examples, in bytes: about ten thousand examples."""


class TaughtPanel:
    """Fills the element `taught` of index.html. Shows all examples, newest first."""

    def __init__(self, teacher: Teacher, words: Words, run: Run) -> None:
        self._teacher = teacher
        self._words = words
        self._run = run
        self._shown: dict[int, Example] | None = None
        self._js_items: dict[int, Any] = {}
        on_list_click(element("taught-list"), self._forget)
        on(element("taught-forget"), "click", lambda _: run(teacher.forget_all()))
        on(element("taught-export"), "click", lambda _: self._export())
        on(element("taught-undo"), "click", lambda _: teacher.undo_latest())
        connect_file_chooser(
            element("taught-import"),
            element("taught-chooser"),
            lambda js_files: run(self._import(js_files[0])),
        )
        teacher.changed.add(self.refresh)

    def refresh(self) -> None:
        """Show the current examples and the message about them."""
        set_text(element("taught-news"), self._teacher.message)
        element("taught-undo").disabled = not self._teacher.can_undo
        examples = dict(self._teacher.examples)
        element("taught-forget").disabled = not (examples or self._teacher.unreadable_count)
        if examples == self._shown:
            return
        self._shown = examples
        set_text(element("taught-count"), self._count_text(len(examples)))
        element("taught-export").disabled = not examples
        self._js_items = {
            key: self._js_items.get(key) or self._new_item(key, example)
            for key, example in examples.items()
        }
        for place, (key, js_item) in enumerate(self._js_items.items(), 1):
            _set_name(js_item.firstElementChild, self._name(place, examples[key]))
        element("taught-list").replaceChildren(*reversed(self._js_items.values()))

    def _count_text(self, count: int) -> str:
        return self._words.say("taught_count" if count else "taught_none", count=count)

    def _new_item(self, key: int, example: Example) -> Any:
        js_image = document.createElement("canvas")
        js_image.width = js_image.height = SIDE
        js_image.getContext("2d").putImageData(grey_data(example.pixels), 0, 0)
        js_button = document.createElement("button")
        js_button.type = "button"
        js_button.value = str(key)
        js_button.append(js_image, example.label)
        js_item = document.createElement("li")
        js_item.append(js_button)
        return js_item

    def _name(self, place: int, example: Example) -> str:
        """Return the name of an example's button. place: 1 for the oldest example."""
        return self._words.say("taught_forget_one", label=example.label, place=place)

    def _forget(self, key: str) -> None:
        self._run(self._teacher.forget(int(key)))
        element("taught-count").focus()  # the button that had the focus is gone

    def _export(self) -> None:
        save_file(FILE_NAME, to_json(self._teacher.examples.values()), "application/json")

    async def _import(self, js_file: Any) -> None:
        try:
            if js_file.size > MAX_BYTES:
                raise ExamplesError(f"it is larger than {MAX_BYTES // 1_000_000} MB")
            await self._teacher.add(from_json(str(await call(js_file, "text"))))
        except (ExamplesError, Rejected) as error:
            self._teacher.say("taught_refused", detail=error)


def _set_name(js_button: Any, name: str) -> None:
    if js_button.title != name:
        js_button.title = js_button.ariaLabel = name
