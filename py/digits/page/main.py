"""Where Python takes over from boot.js: it wires the page and starts reading."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from js import window

from digits.app import App
from digits.page.answer.view import PageView
from digits.page.device.published_model import PublishedModel
from digits.page.device.service_worker import ServiceWorker
from digits.page.device.teacher import Teacher
from digits.page.dom import element, on
from digits.page.input import draft
from digits.page.input.pictures import PictureInput
from digits.page.input.sheet import Sheet
from digits.page.input.touch import Fingers
from digits.page.panels.panels import Panels
from digits.words import Words
from offline_onnx import ModelUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from digits.drawing.raster import Image
    from digits.page.extras import Extras
    from digits.page.panels.panels import Panel
    from offline_onnx import Model


class Page:
    """The running page. js_boot: what boot.js hands over, see there."""

    def __init__(self, js_boot: Any) -> None:
        self.js_boot = js_boot
        self._tasks: set[asyncio.Task[None]] = set()
        self._extras: Extras | None = None
        self._panels: Panels | None = None
        self._js_ended: Any = None
        self._has_read = False
        self.words = words = Words(str(js_boot.language))
        ink = draft.restore()
        self._view = PageView(words, self._retry, self._started)
        self.published_model = PublishedModel(str(js_boot.folders.model))
        self.published_model.update_found.add(self._show_update)
        self.app = App(ink, self._view, self._load)
        self.app.changed.add(self.refresh)
        self.teacher = Teacher(self.app, words, self.run)
        self.sheet = Sheet(element("sheet"), ink, self._ink_changed, self._ink_ended)
        Fingers(self.sheet)
        self.pictures = PictureInput(words, self.run, self._read_picture, self._ink_changed)
        self.service_worker = ServiceWorker(words, js_boot)
        on(element("undo"), "click", lambda _: self._change(ink.undo))
        on(element("clear"), "click", lambda _: self._clear())
        self.sheet.redraw()
        self._ink_changed()
        element("sheet").classList.add("ready")

    async def start(self) -> None:
        """Load the model and begin to read; ends when the start has ended, well or not."""
        self.run(self.app.read_whenever_changed())
        await self.open()
        self.run(self.service_worker.register())

    async def open(self) -> None:
        """Load the page's own model and read with it; a failure is shown."""
        await self.app.load_and_use()
        self.run(self._complete())

    async def use(self, model: Model) -> None:
        """Read with another model, until this page is closed."""
        await self.app.use(model)
        await self.teacher.open()

    def refresh(self) -> None:
        """Show in all other places what is true now."""
        if self._extras:
            self._extras.refresh()

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Have work done beside what else goes on; an error in it is told."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._stopped)

    async def _complete(self) -> None:
        """Add what a start does without, once all that Python can import is there."""
        await self._js_ended
        if not self._extras:
            from digits.page.extras import Extras

            self._extras = Extras(self)
            self.teacher.listen()
            self._panels = Panels(self._panel_factories(self._extras), self.app.changed)
        await self.teacher.open()

    def _panel_factories(self, extras: Extras) -> dict[str, Callable[[], Panel]]:
        """Return the panels' factories. Each imports its panel: most visitors open few of them."""
        app, words, run = self.app, self.words, self.run

        def why() -> Panel:
            from digits.page.panels.why import WhyPanel

            return WhyPanel(app, words, run)

        def taught() -> Panel:
            from digits.page.panels.taught import TaughtPanel

            return TaughtPanel(self.teacher, words, run)

        def history() -> Panel:
            from digits.page.panels.history import HistoryPanel

            return HistoryPanel(extras.history, words, run)

        def model() -> Panel:
            from digits.page.panels.model import ModelPanel

            published, worker = self.published_model, self.service_worker
            return ModelPanel(app, words, run, published, worker, self.open, self.use)

        def about() -> Panel:
            from digits.page.panels.about import AboutPanel

            return AboutPanel(app, words, run, self.js_boot.sizes.to_py())

        return {
            "inside": why,
            "taught": taught,
            "history": history,
            "model": model,
            "about": about,
        }

    def _show_update(self) -> None:
        if update := self.published_model.update:
            self._view.show_update(update)

    async def _load(self) -> Model:
        self.js_boot.step("step_model")
        return await self.published_model.load(self._progress)

    def _progress(self, done: int, total: int) -> None:
        if done == total:
            self.js_boot.step("step_runtime")

    def _retry(self, error: BaseException) -> None:
        if isinstance(error, ModelUnavailable):
            self.run(self.open())
        else:  # onnxruntime-web can't be started twice in one page
            window.location.reload()

    def _stopped(self, task: asyncio.Task[None]) -> None:
        """Tell of an error that nobody foresaw, instead of standing still without a word."""
        self._tasks.discard(task)
        if error := task.exception():
            self._view.show_failure(error)

    def _started(self) -> None:
        if not self._has_read:  # a model that comes later does not start the page again
            self._js_ended = self.js_boot.end()
        self._has_read = self.app.recogniser is not None

    def _clear(self) -> None:
        self._change(self.app.clear_drawing)

    def _change(self, change: Callable[[], None]) -> None:
        change()
        self.sheet.redraw()
        self._ink_changed()
        self._ink_ended()

    def _read_picture(self, image: Image) -> None:
        element("undo").disabled = element("clear").disabled = True  # they are for the drawing
        self.app.switch_to_picture(image)

    def _ink_changed(self) -> None:
        self.pictures.dismiss()
        empty = self.app.ink.is_empty
        element("hint").hidden = not empty
        element("full").hidden = not self.app.ink.is_full
        element("undo").disabled = element("clear").disabled = empty
        self.app.drawing_changed()

    def _ink_ended(self) -> None:
        draft.keep(self.app.ink)


page: Page | None = None


async def start(js_boot: Any) -> None:
    """Start the app. Called once, by boot.js."""
    global page
    page = Page(js_boot)
    await page.start()
