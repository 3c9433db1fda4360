"""The panel of the model: what is known of it, and what can be done with it."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any

from js import document

from digits.page.dom import element, offer_files, on, on_click, write
from digits.page.panels.model_card import ModelCard
from digits.reading.compatible import Incompatible, check_compatible
from offline_onnx import OfflineModelError, SessionError, UpdateState
from offline_onnx.browser import FileSource, Models, isolated_runtime
from offline_onnx.browser.interop import Rejected

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from digits.page.main import Page
    from offline_onnx import Model, Update

PATIENCE = 3
"""Seconds that a model of the user's may take until it is found to be of use."""
FOUND = {
    UpdateState.CURRENT: "model_newest",
    UpdateState.READY: "model_ready",
    UpdateState.DECLINED: "model_declined",
    UpdateState.REFUSED: "model_refused",
}


def open_panel(page: Page) -> ModelPanel:
    """Give the panel; see panels.py."""
    return ModelPanel(page)


class ModelPanel:
    """Fills the element `model` of index.html. One thing is done at a time."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._words = page.words
        self._own = page.own_model
        self._card = ModelCard(page.words, page.own_model)
        self._shown: object = None
        self._is_busy = False
        deeds = {
            "use": self._use,
            "look": self._look,
            "back": self._roll_back,
            "save": self._save,
            "remove": self._remove,
        }
        for name, deed in deeds.items():
            on_click(element(f"model-{name}"), partial(self._asked, deed))
        offer_files(
            element("model-load"),
            element("model-chooser"),
            lambda js_files: self._asked(partial(self._load, js_files)),
        )
        on(element("model"), "toggle", lambda _: page.run(self._card.show(self._page.app.model)))

    def refresh(self) -> None:
        """Show what is true now, if the model is another or a newer one was found."""
        now = self._page.app.model, self._page.found
        if now != self._shown:
            self._shown = now
            self._page.run(self._card.show(self._page.app.model))

    def _asked(self, deed: Callable[[], Awaitable[str]], _: Any = None) -> None:
        if not self._is_busy:
            self._page.run(self._do(deed))

    async def _do(self, deed: Callable[[], Awaitable[str]]) -> None:
        """Do what the user asks for, and say what came of it."""
        self._is_busy = True
        element("model").ariaBusy = "true"
        try:
            news = await deed()
        except OfflineModelError as error:
            news = self._words.say("model_failed", reason=self._words.reason(error))
        finally:
            self._is_busy = False
            element("model").ariaBusy = "false"
        await self._card.show(self._page.app.model)
        self._tell(news)

    def _tell(self, news: str) -> None:
        write(element("model-news"), news)
        if document.activeElement.isSameNode(document.body):
            element("model-news").focus()  # the button that had the focus is gone

    async def _use(self) -> str:
        """Read with what is kept, else with what is published: that is kept then."""
        await self._page.open()
        return self._reads()

    async def _look(self) -> str:
        """Look for a newer page, which brings a model along, then for a newer model."""
        try:
            if await self._page.offline.look():
                return self._words.say("model_page_newer")
        except Rejected:
            reason = self._words.say("reason_unreachable")
            return self._words.say("model_failed", reason=reason)
        update = await self._own.update()
        self._page.tell_update(update)
        return self._found(update)

    def _found(self, update: Update) -> str:
        if update.manifest and (key := FOUND.get(update.state)):
            return self._words.say(key, version=update.manifest.version)
        reason = self._words.reason(update.error) if update.error else ""
        return self._words.say("model_failed", reason=reason)

    async def _roll_back(self) -> str:
        await self._own.roll_back()
        await self._page.open()
        return self._reads()

    async def _save(self) -> str:
        await self._own.save()
        return self._words.say("model_saved")

    async def _remove(self) -> str:
        await self._own.remove()
        return self._words.say("model_removed")

    async def _load(self, js_files: list[Any]) -> str:
        """Read with a model of the user's, in a runtime apart: it may be anybody's."""
        write(element("model-news"), self._words.say("model_loading_runtime"))
        try:
            js_ort = await isolated_runtime()
        except SessionError:
            return self._words.say("model_no_runtime")
        try:
            async with asyncio.timeout(PATIENCE):
                model = await _tried_on(js_ort, js_files)
        except TimeoutError:
            return self._words.say("model_too_slow", seconds=PATIENCE)
        except OfflineModelError as error:
            return self._words.say("model_unusable", detail=error)
        except Incompatible as error:
            reason = self._words.say(error.key, **error.values)
            return self._words.say("model_incompatible", reason=reason)
        await self._page.use(model)
        return self._words.say(
            "model_loaded", name=model.manifest.name, version=model.manifest.version
        )

    def _reads(self) -> str:
        """Say which model reads; nothing if none does: that is told above."""
        model = self._page.app.model
        return self._words.say("model_activated", version=model.manifest.version) if model else ""


async def _tried_on(js_ort: Any, js_files: list[Any]) -> Model:
    """Open a model in files. Raises OfflineModelError, and Incompatible if it can't read digits."""
    model = await Models(js_ort=js_ort).load(FileSource(js_files))
    try:
        await check_compatible(model)
    except BaseException:
        await model.session.release()
        raise
    return model
