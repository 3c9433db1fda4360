"""Store samples of the user's handwriting in localStorage; learn them from finished drawings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from js import document, window

from digits.page.device.stored_list import StoredList
from digits.page.dom import on
from digits.writing.sample import Sample, from_json, to_json

if TYPE_CHECKING:
    from digits.app import App
    from digits.handwriting import Handwriting

KEY = "offline-digits-hand"


class HandStore(StoredList[Sample]):
    """The samples of the user's handwriting. Implements `SampleStore`."""

    def __init__(self) -> None:
        super().__init__(KEY, to_json, from_json)


def learn_finished_drawings(app: App, handwriting: Handwriting) -> None:
    """Learn from each drawing just before it is replaced, and when the page is hidden or closed."""

    def learn() -> None:
        if app.is_up_to_date:  # otherwise the symbols could be those of a part of the drawing
            handwriting.learn_drawing()

    def visibility_changed() -> None:
        if document.hidden:
            learn()

    app.before_replacement.add(learn)
    on(document, "visibilitychange", lambda _: visibility_changed())
    on(window, "pagehide", lambda _: learn())
