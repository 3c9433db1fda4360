"""The panel that shows the model in use and the stored one, and updates, loads, removes models."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any

from js import document, navigator

from digits.facts import model_facts
from digits.page.dom import (
    add_child,
    connect_file_chooser,
    date_formatter,
    element,
    on,
    on_click,
    set_text,
)
from digits.reading.compatible import Incompatible, check_compatible
from offline_onnx import OfflineModelError, Origin
from offline_onnx.browser import BrowserModelStore, FileSource, isolated_runtime, storage_info
from offline_onnx.browser.interop import Rejected
from offline_onnx.errors import SessionError, StoreError
from offline_onnx.storage.model_store import UpdateState

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from digits.app import App
    from digits.facts.model_facts import Line
    from digits.page.background import Run
    from digits.page.device.published_model import PublishedModel
    from digits.page.device.service_worker import ServiceWorker
    from digits.words import Words
    from offline_onnx import Model
    from offline_onnx.storage.model_store import ModelInfo, Update

OPEN_TIMEOUT = 3
"""Seconds for opening and checking a custom model; after that, it is not used."""
MESSAGES = {
    UpdateState.CURRENT: "model_newest",
    UpdateState.READY: "model_ready",
    UpdateState.ROLLED_BACK: "model_rolled_back",
    UpdateState.SELF_TEST_FAILED: "model_self_test_failed",
}
"""The key of the message for each result of a check for updates."""


class ModelPanel:
    """Fills the element `model` of index.html. While an action runs, other clicks are ignored."""

    def __init__(
        self,
        app: App,
        words: Words,
        run: Run,
        published: PublishedModel,
        service_worker: ServiceWorker,
        use_published: Callable[[], Awaitable[None]],
        use_custom: Callable[[Model], Awaitable[None]],
    ) -> None:
        """Listen to the buttons.

        Args:
            app: Has the model in use.
            words: The texts of the page.
            run: Starts work in the background.
            published: The model that is published with the page.
            service_worker: Checks for newer versions of the page.
            use_published: Loads the published model and reads with it; shows any failure.
            use_custom: Reads with a custom model until the page is closed.

        """
        self._app = app
        self._words = words
        self._run = run
        self._published = published
        self._service_worker = service_worker
        self._use_published = use_published
        self._use_custom = use_custom
        self._facts = FactList(app, words, published)
        self._shown: object = None
        self._is_busy = False
        actions = {
            "use": self._use,
            "look": self._check_for_update,
            "back": self._roll_back,
            "save": self._save,
            "remove": self._remove,
        }
        for name, action in actions.items():
            on_click(element(f"model-{name}"), partial(self._run_unless_busy, action))
        connect_file_chooser(
            element("model-load"),
            element("model-chooser"),
            lambda js_files: self._run_unless_busy(partial(self._load, js_files)),
        )
        on(element("model"), "toggle", lambda _: run(self._facts.show()))
        published.update_checked.add(self.refresh)

    def refresh(self) -> None:
        """Show the current state, if the model or the result of a check for updates has changed."""
        current = self._app.model, self._published.update
        if current != self._shown:
            self._shown = current
            self._run(self._facts.show())

    def _run_unless_busy(self, action: Callable[[], Awaitable[str]]) -> None:
        if not self._is_busy:
            self._run(self._run_action(action))

    async def _run_action(self, action: Callable[[], Awaitable[str]]) -> None:
        """Run the action that the user has requested, and show the message that it returns."""
        self._is_busy = True
        element("model").ariaBusy = "true"
        try:
            message = await action()
        except OfflineModelError as error:
            message = self._words.say("model_failed", reason=self._words.reason(error))
        finally:
            self._is_busy = False
            element("model").ariaBusy = "false"
        await self._facts.show()
        self._show_message(message)

    def _show_message(self, message: str) -> None:
        set_text(element("model-news"), message)
        if document.activeElement.isSameNode(document.body):
            element("model-news").focus()  # the button that had the focus is gone

    async def _use(self) -> str:
        """Read with the stored model, or else with the published one, which is then stored."""
        await self._use_published()
        return self._activated_text()

    async def _check_for_update(self) -> str:
        """Check for a newer page, which brings its own model, or else for a newer model."""
        try:
            if await self._service_worker.check_for_update():
                return self._words.say("model_page_newer")
        except Rejected:
            reason = self._words.say("reason_unreachable")
            return self._words.say("model_failed", reason=reason)
        return self._update_text(await self._published.check_for_update())

    def _update_text(self, update: Update) -> str:
        if update.manifest and (key := MESSAGES.get(update.state)):
            return self._words.say(key, version=update.manifest.version)
        reason = self._words.reason(update.error) if update.error else ""
        return self._words.say("model_failed", reason=reason)

    async def _roll_back(self) -> str:
        await self._published.roll_back()
        await self._use_published()
        return self._activated_text()

    async def _save(self) -> str:
        await self._published.save()
        return self._words.say("model_saved")

    async def _remove(self) -> str:
        await self._published.remove()
        if self._app.model:
            version = self._app.model.manifest.version
            set_text(element("origin"), self._words.say("origin_removed", version=version))
        return self._words.say("model_removed")

    async def _load(self, js_files: list[Any]) -> str:
        """Read with a custom model, in an isolated runtime: its files may be malicious."""
        set_text(element("model-news"), self._words.say("model_loading_runtime"))
        try:
            js_ort = await isolated_runtime()
        except SessionError:
            return self._words.say("model_no_runtime")
        try:
            async with asyncio.timeout(OPEN_TIMEOUT):
                model = await _open(js_ort, js_files)
        except TimeoutError:
            return self._words.say("model_too_slow", seconds=OPEN_TIMEOUT)
        except OfflineModelError as error:
            return self._words.say("model_unusable", detail=error)
        except Incompatible as error:
            reason = self._words.say(error.key, **error.values)
            return self._words.say("model_incompatible", reason=reason)
        await self._use_custom(model)
        return self._words.say(
            "model_loaded", name=model.manifest.name, version=model.manifest.version
        )

    def _activated_text(self) -> str:
        """Return a message about the model in use; "" if none could be loaded."""
        model = self._app.model
        return self._words.say("model_activated", version=model.manifest.version) if model else ""


class FactList:
    """Shows facts about the models, and only the buttons that would have an effect now."""

    def __init__(self, app: App, words: Words, published: PublishedModel) -> None:
        self._app = app
        self._words = words
        self._published = published
        self._format_date = date_formatter()

    async def show(self) -> None:
        """Show the current model, the stored copy of the published one, and the storage."""
        words = self._words
        try:
            stored = await self._published.stored()
        except StoreError:
            stored = None  # the page shows the reason where it shows the model's origin
        storage = await storage_info()
        model = self._app.model
        lines = [
            *(model_facts.model_in_use(words, model) if model else ()),
            *model_facts.stored_model(
                words, stored, lambda time: self._format_date(time.timestamp())
            ),
            *model_facts.storage(
                words,
                storage.usage,
                storage.quota,
                persistent=storage.persistent,
                locks=bool(getattr(navigator, "locks", None)),
            ),
        ]
        element("model-facts").replaceChildren(*map(self._new_row, lines))
        self._show_button("model-use", self._use_button_text(model, stored))
        previous = stored.previous if stored else None
        self._show_button(
            "model-back", words.say("model_use", version=previous.version) if previous else ""
        )
        for name in ("model-look", "model-remove"):
            element(name).hidden = not stored

    def _use_button_text(self, model: Model | None, stored: ModelInfo | None) -> str:
        """Return the text of the button that uses the published model.

        Return "" if using it would change nothing.
        """
        if model and model.origin is Origin.FILE:
            return self._words.say("model_own")
        if stored is None:
            return self._words.say("model_store_again")
        if model is None or stored.manifest.model_sha256 != model.manifest.model_sha256:
            return self._words.say("model_use", version=stored.manifest.version)
        return ""

    def _show_button(self, name: str, text: str) -> None:
        element(name).hidden = not text
        set_text(element(name), text)

    def _new_row(self, line: Line) -> Any:
        js_row = document.createElement("div")
        add_child(js_row, "dt", self._words.say(line[0]))
        add_child(js_row, "dd", line[1])
        if line[0] == "model_digest":
            js_row.className = "digest"
        return js_row


async def _open(js_ort: Any, js_files: list[Any]) -> Model:
    """Open a model from files.

    Raises:
        OfflineModelError: The model can't be opened.
        Incompatible: The model can't read digits.

    """
    model = await BrowserModelStore(runtime=js_ort).load(FileSource(js_files))
    try:
        await check_compatible(model)
    except BaseException:
        await model.session.release()
        raise
    return model
