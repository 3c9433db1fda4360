"""The entry point that boot.js calls: create the parts of the page and connect them.

What happens to a stroke: `Sheet` turns the pointer's events into ink and calls `Page._pen_moved`,
which calls `App.drawing_changed` by way of `_show_and_read_drawing`. digits/app.py describes the
later steps.
"""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import TYPE_CHECKING, Any

from js import window

from digits.app import App
from digits.page.answer.view import AnswerView
from digits.page.background import BackgroundTasks, pause
from digits.page.device import taught_flag
from digits.page.device.published_model import PublishedModel
from digits.page.device.service_worker import ServiceWorker
from digits.page.dom import element, on
from digits.page.input import draft
from digits.page.input.pictures import PictureInput
from digits.page.input.sheet import Sheet
from digits.page.input.touch import TouchInput
from digits.pen_rest import PenRest
from digits.words import Words
from offline_onnx import ModelUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from digits.page.late_controls import LateControls
    from digits.picture.source import PictureSource
    from offline_onnx import Model


LATE_MODULES = (
    "digits.history",
    "digits.reading.examples",
    "digits.teaching",
    "digits.handwriting",
    "digits.page.device.history_store",
    "digits.page.device.hand_store",
    "digits.page.device.example_store",
    "digits.page.device.teacher",
    "digits.actions",
    "digits.page.answer.choices",
    "digits.page.answer.copying",
    "digits.page.input.keyboard",
    "digits.page.answer.shortcuts",
    "fractions",
    "digits.sums",
    "digits.page.answer.results",
    "digits.page.answer.sign_bars",
    "digits.page.answer.live_region",
    "digits.page.input.incoming",
    "digits.page.device.install",
    "digits.page.panels.panels",
)
"""Modules that late_controls.py needs, directly or indirectly, and that the start does not import.
They are imported before it, one by one, with pauses: importing all at once would block input."""


class Page:
    """The running page. It creates the parts and connects them.

    Attributes:
        app: The drawing, the model and the number.
        late_controls: The controls that are created after the start; None until then.

    """

    def __init__(self, js_boot: Any) -> None:
        """Create the app, and the parts for the model and the answer. `start` creates the rest.

        Args:
            js_boot: The object that boot.js passes to `start`: the `language`, the addresses of the
                `folders`, the `sizes` of the large files; `step(key)`, which shows a step of the
                start; `end()`, which hides the progress bar and returns a promise of the end of the
                work that can wait; `earlyEvents()`, which returns what early.js has recorded and
                stops recording; `installable`, a promise of the event `beforeinstallprompt`; and
                `registerWorker()`, which registers the service worker.

        """
        self.late_controls: LateControls | None = None
        self._js_boot = js_boot
        self._js_start_ended: Any = None
        self._is_started = False
        self._late_lock = asyncio.Lock()
        self._words = words = Words(str(js_boot.language))
        ink = draft.restore()
        self._run = BackgroundTasks(lambda error: self._view.show_failure(error)).run
        self._pen = PenRest(ink, self._run)
        self._view = AnswerView(words, self._retry, self._end_start, self._pen)
        self._published_model = PublishedModel(str(js_boot.folders.model))
        self._published_model.update_checked.add(self._show_update)
        self.app = App(ink, self._view, self._load_published_model)
        self.app.awaits_examples = taught_flag.is_set()

    async def start(self) -> None:
        """Create the other parts, load the model and begin to read.

        Return when the page can read, or shows a failure. Between the steps, `pause` lets the
        browser handle input. Without pauses, the start would block input for half a second on a
        phone.
        """
        await pause()
        ink = self.app.ink
        self._pictures = PictureInput(
            self._words, self._run, self._read_picture, self._show_and_read_drawing
        )
        self._service_worker = ServiceWorker(self._words, self._run, self._js_boot)
        await pause()
        # No pause from here to `earlyEvents`: until then, early.js records strokes and clicks on
        # the buttons. If the sheet handled them, too, they would be drawn twice.
        self._sheet = Sheet(element("sheet"), ink, self._pen_moved, self._store_drawing)
        TouchInput(self._sheet)
        self._sheet.redraw()
        self._show_and_read_drawing()
        element("sheet").classList.add("ready")
        self._sheet.replay(self._js_boot.earlyEvents())
        on(element("undo"), "click", lambda _: self._edit(ink.undo))
        on(element("clear"), "click", lambda _: self._edit(self.app.clear_drawing))
        await pause()
        self._run(self.app.read_whenever_changed())
        await self._use_published_model()
        self._run(self._service_worker.register())

    async def _use_published_model(self) -> None:
        """Load the published model and use it. If that fails, show why."""
        await self.app.load_and_use()
        self._run(self._finish_start())

    async def _finish_start(self) -> None:
        try:
            await self._open_late_controls()
        finally:
            self.app.end_wait_for_examples()  # even after an error, or no number would be shown

    async def _open_late_controls(self) -> None:
        """Create the late controls if they don't exist, and teach the model the stored examples."""
        # Before the start has ended, Python cannot import the modules that the start does not need.
        await self._js_start_ended
        async with self._late_lock:  # a retry may run this a second time before the first has ended
            if self.late_controls is None:
                self.late_controls = await self._create_late_controls()
        await self.late_controls.teacher.open()

    async def _create_late_controls(self) -> LateControls:
        for name in LATE_MODULES:
            import_module(name)
            await pause()
        from digits.page.late_controls import create_late_controls

        return await create_late_controls(
            self.app,
            self._words,
            self._run,
            self._pen,
            self._sheet,
            self._pictures,
            self._published_model,
            self._service_worker,
            self._js_boot,
            self._use_published_model,
        )

    async def _load_published_model(self) -> Model:
        self._js_boot.step("step_model")
        return await self._published_model.load(self._show_progress)

    def _show_progress(self, done: int, total: int) -> None:
        if done == total:
            self._js_boot.step("step_runtime")

    def _end_start(self) -> None:
        """Hide the progress bar, at the first success and at each failure before it."""
        if not self._is_started:  # after the start, the user can load other models
            self._js_start_ended = self._js_boot.end()
        self._is_started = self.app.recogniser is not None

    def _retry(self, error: BaseException) -> None:
        if isinstance(error, ModelUnavailable):
            self._run(self._use_published_model())
        else:  # onnxruntime-web can't be started twice in one page
            window.location.reload()

    def _show_update(self) -> None:
        if update := self._published_model.update:
            self._view.show_update(update)

    def _pen_moved(self) -> None:
        """Show and read the drawing: the pen has changed it."""
        self._pen.note_moved()
        self._show_and_read_drawing()

    def _show_and_read_drawing(self) -> None:
        """Show the drawing, hide any picture, and request that the drawing is read again."""
        if self._pictures.dismiss():
            self._view.hide_boxes()
        is_empty = self.app.ink.is_empty
        element("hint").hidden = not is_empty
        element("full").hidden = not self.app.ink.is_full
        element("clear").disabled = is_empty
        element("undo").disabled = not self.app.ink.can_undo
        self.app.drawing_changed()

    def _read_picture(self, picture: PictureSource) -> None:
        """Request that the picture that covers the drawing is read."""
        self._view.hide_boxes()
        # Undo and Clear would change the drawing, which the picture covers.
        element("undo").disabled = element("clear").disabled = True
        self.app.switch_to_picture(picture)

    def _edit(self, change: Callable[[], None]) -> None:
        """Apply a button's change to the drawing; then show, read and store the drawing."""
        self._sheet.lift()  # a pointer that was lifted unnoticed must not block the sheet
        change()
        self._sheet.redraw()
        self._show_and_read_drawing()
        self._store_drawing()

    def _store_drawing(self) -> None:
        draft.store(self.app.ink)


page: Page | None = None
"""The running page, for tests, benchmarks and the browser's console."""


async def start(js_boot: Any) -> None:
    """Start the page. boot.js calls it once."""
    global page
    page = Page(js_boot)
    await page.start()
