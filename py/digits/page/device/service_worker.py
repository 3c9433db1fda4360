"""The service worker: the page is told when it can do without a network, and of updates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from js import navigator, window

from digits.page.dom import element, on, write
from offline_onnx.browser.interop import Rejected, call, js_object

if TYPE_CHECKING:
    from digits.words import Words


class Offline:
    """Shows `offline_ready` once all is kept, and offers an update; never switches unasked."""

    def __init__(self, words: Words, js_boot: Any) -> None:
        self._words = words
        self._js_boot = js_boot
        self._asked = False
        self._js_registration: Any = None

    async def register(self) -> None:
        """Have the browser keep the page. Call it after the start: it downloads what is missing."""
        if not getattr(navigator, "serviceWorker", None):
            self._tell("offline_unsupported")
            return
        known = navigator.serviceWorker.controller
        self._tell("offline_ready" if known else "offline_preparing")
        on(navigator.serviceWorker, "controllerchange", lambda _: self._switched())
        try:
            self._js_registration = js_registration = await call(self._js_boot, "registerWorker")
        except Rejected as error:
            self._tell("offline_failed", detail=error)
            return
        on(element("update-now"), "click", lambda _: self._switch(js_registration))
        on(element("update-later"), "click", lambda _: self._offer(visible=False))
        on(js_registration, "updatefound", lambda _: self._follow(js_registration))
        self._follow(js_registration)

    async def look(self) -> bool:
        """Look for a newer version of the page now; tell whether there is one.

        It is offered once all of it is here. Raises Rejected if the server can't be reached.
        """
        js_registration = self._js_registration
        if not js_registration:
            return False
        await call(js_registration, "update")
        return _is_coming(js_registration)

    def _follow(self, js_registration: Any) -> None:
        """Tell what state the registration is in, now and when it changes."""
        if js_worker := js_registration.installing:
            on(js_worker, "statechange", lambda _: self._tell_state(js_registration, js_worker))
        self._tell_state(js_registration, None)

    def _tell_state(self, js_registration: Any, js_worker: Any) -> None:
        if js_registration.active:
            self._tell("offline_ready")
            self._offer(visible=bool(js_registration.waiting))
        elif js_worker.state == "redundant" if js_worker else not _is_coming(js_registration):
            self._tell("offline_failed", detail=self._words.say("reason_files"))

    def _offer(self, *, visible: bool) -> None:
        element("update").hidden = not visible

    def _switch(self, js_registration: Any) -> None:
        self._asked = True
        if js_registration.waiting:
            js_registration.waiting.postMessage(js_object({"type": "SKIP_WAITING"}))
        else:
            window.location.reload()

    def _switched(self) -> None:
        if self._asked:
            window.location.reload()

    def _tell(self, key: str, **values: object) -> None:
        write(element("offline"), self._words.say(key, **values))
        element("offline").dataset.state = key


def _is_coming(js_registration: Any) -> bool:
    """Tell whether a worker is on its way: one may have failed before anybody listened to it."""
    return bool(js_registration.installing or js_registration.waiting)
