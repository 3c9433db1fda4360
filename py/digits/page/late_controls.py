"""The controls that are created after the start. Creating them later makes the start faster.

main.py imports this module when the start has ended. The module of each panel is imported when the
user opens the panel for the first time, or at once if the panel is already open.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from js import document

from digits.actions import Actions
from digits.handwriting import Handwriting
from digits.page.answer.choices import Choices
from digits.page.answer.copying import CopyButton
from digits.page.answer.live_region import speak_changes
from digits.page.answer.results import ResultInk, ResultText
from digits.page.answer.shortcuts import Shortcuts
from digits.page.answer.sign_bars import SignBars
from digits.page.background import pause
from digits.page.device.hand_store import HandStore, learn_finished_drawings
from digits.page.device.history_store import HistoryStore, ShownNumberRecorder
from digits.page.device.install import InstallButton
from digits.page.device.teacher import Teacher
from digits.page.dom import element, seconds_to_start, set_text
from digits.page.input.incoming import (
    accept_from_clipboard,
    accept_from_other_apps,
    accept_from_other_pages,
    keep_when_reloaded,
)
from digits.page.input.keyboard import KeyboardPen
from digits.page.input.screen import Screen
from digits.page.panels.panels import Panels
from digits.sums import Sums

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from digits.app import App, Source
    from digits.page.background import Run
    from digits.page.device.published_model import PublishedModel
    from digits.page.device.service_worker import ServiceWorker
    from digits.page.input.pictures import PictureInput
    from digits.page.input.sheet import Sheet
    from digits.page.panels.panels import Panel
    from digits.pen_rest import PenRest
    from digits.words import Words
    from offline_onnx import Model


@dataclass(frozen=True)
class LateControls:
    """The late controls that other parts of the page use.

    Attributes:
        teacher: Teaches the model the user's corrections.
        panels: The panels below the sheet.

    """

    teacher: Teacher
    panels: Panels


async def create_late_controls(
    app: App,
    words: Words,
    run: Run,
    pen: PenRest,
    sheet: Sheet,
    pictures: PictureInput,
    published_model: PublishedModel,
    service_worker: ServiceWorker,
    js_boot: Any,
    use_published_model: Callable[[], Awaitable[None]],
) -> LateControls:
    """Create the late controls.

    Each panel is created when the user opens it, or at once if it is already open.

    Args:
        app: The drawing, the model and the number.
        words: The texts of the page.
        run: Starts work in the background.
        pen: Says whether the pen rests.
        sheet: Draws the strokes.
        pictures: Shows and reads pictures.
        published_model: Loads, updates and removes the model that is published with the page.
        service_worker: Stores the page for offline use.
        js_boot: The object that boot.js passes to `main.start`; see `main.Page`.
        use_published_model: Loads the published model and reads with it; shows any failure.

    """
    keyboard = KeyboardPen(sheet, words)
    actions = Actions(app.ink, lambda: element("undo").click())
    history_store = HistoryStore()
    sums = Sums(app, words.decimal_mark)
    ShownNumberRecorder(app, sums, history_store)
    hand_store = HandStore()
    handwriting = Handwriting(app, hand_store)
    learn_finished_drawings(app, handwriting)
    copy_button = CopyButton(sums, words, run)
    Choices(app, words, pen)
    await pause()
    ResultText(sums, words, pen)
    ResultInk(app, sums, pen, handwriting, run)
    SignBars(app)
    await pause()
    Shortcuts(keyboard, copy_button, actions, pictures)
    Screen(sheet)
    accept_from_clipboard(pictures)
    accept_from_other_pages(pictures)
    keep_when_reloaded(pictures)
    accept_from_other_apps(pictures)  # last: a new picture replaces the one before the reload
    await pause()
    InstallButton(run, js_boot.installable)
    run(service_worker.delete_outdated_runtimes())
    teacher = Teacher(app, words, run, actions, handwriting)
    await pause()
    _make_pictures_undoable(app, actions)
    pen.changed.add(_remove_demonstration)
    if app.recogniser:
        _show_time_to_start(words)
    await pause()
    speak_changes(pen, run)  # after all controls whose texts are spoken: their first texts are not

    async def use_custom_model(model: Model) -> None:
        await app.use(model)
        await teacher.open()

    def why() -> Panel:
        from digits.page.panels.why import WhyPanel

        return WhyPanel(app, words, run, lambda key: teacher.examples.get(key))

    def taught() -> Panel:
        from digits.page.panels.taught import TaughtPanel

        return TaughtPanel(teacher, words, run)

    def history() -> Panel:
        from digits.page.panels.history import HistoryPanel

        return HistoryPanel(history_store, hand_store, handwriting, words, run, actions)

    def model() -> Panel:
        from digits.page.panels.model import ModelPanel

        return ModelPanel(
            app,
            words,
            run,
            published_model,
            service_worker,
            use_published_model,
            use_custom_model,
        )

    def about() -> Panel:
        from digits.page.panels.about import AboutPanel

        return AboutPanel(app, words, run, js_boot.sizes.to_py())

    factories = {
        "why": why,
        "taught": taught,
        "history": history,
        "model": model,
        "about": about,
    }
    return LateControls(teacher, Panels(factories, app.changed))


def _make_pictures_undoable(app: App, actions: Actions) -> None:
    """Add an action for each picture that the user shows. Undoing it shows the drawing again."""
    noted: Source | None = None

    def go_back() -> bool:
        is_shown = not element("picture").hidden
        if is_shown:
            element("back").click()
        return is_shown

    def note() -> None:
        nonlocal noted
        if app.symbols and app.shown_picture is not noted:
            noted = app.shown_picture
            if noted is not None:
                actions.add("picture", go_back)

    app.changed.add(note)


def _remove_demonstration() -> None:
    """Remove the digit that draws itself on the empty sheet: the user has begun to draw."""
    if js_example := document.getElementById("example"):
        js_example.remove()


def _show_time_to_start(words: Words) -> None:
    set_text(element("ready"), words.say("ready", time=words.duration(seconds_to_start())))
