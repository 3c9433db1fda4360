"""The service worker: offline use, updates of the page, and deletion of outdated caches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from js import URL, document, navigator, window
from pyodide.ffi import JsException

from digits.page.dom import element, on, set_text
from offline_onnx.browser.interop import Rejected, call, js_object

if TYPE_CHECKING:
    from digits.page.background import Run
    from digits.words import Words

RUNTIME_CACHE = "offline-digits-release"
RUNTIME_FOLDER = "built/release-"
"""The cache of the full onnxruntime-web, which custom models need, and the beginning of its
folder's address. The service worker (tools/node/service_worker_template.mjs) caches the files when
they are first requested."""


class ServiceWorker:
    """Shows whether the page works offline, and offers updates. The user decides on each update."""

    def __init__(self, words: Words, run: Run, js_boot: Any) -> None:
        """Prepare for `register`.

        Args:
            words: The texts of the page.
            run: Runs a coroutine in the background.
            js_boot: The object that boot.js passes to `main.start`.

        """
        self._words = words
        self._run = run
        self._js_boot = js_boot
        self._is_update_accepted = False
        self._js_registration: Any = None

    async def register(self) -> None:
        """Register the service worker, which stores the page for offline use.

        Call this after the start: the service worker downloads all missing files, which would slow
        the start of the page.
        """
        js_container = _container()
        if not js_container:
            self._show("offline_unsupported")
            return
        self._show("offline_ready" if js_container.controller else "offline_preparing")
        on(js_container, "controllerchange", lambda _: self._reload_if_accepted())
        try:
            js_registration = await call(self._js_boot, "registerWorker")
        except Rejected as error:
            self._show("offline_failed", detail=error)
            return
        self._js_registration = js_registration
        on(element("update-now"), "click", lambda _: self._accept_update(js_registration))
        on(element("update-later"), "click", lambda _: self._show_offer(visible=False))
        on(js_registration, "updatefound", lambda _: self._show_state_changes(js_registration))
        self._show_state_changes(js_registration)

    async def check_for_update(self) -> bool:
        """Check for a newer version of the page, and return whether there is one.

        When all files of a newer version are downloaded, the page offers the version to the user.

        Raises:
            Rejected: The server can't be reached.

        """
        js_registration = self._js_registration
        if not js_registration:
            return False
        await call(js_registration, "update")
        return _is_installing_or_waiting(js_registration)

    async def delete_outdated_runtimes(self) -> None:
        """Delete cached copies of onnxruntime-web that other versions of the page used.

        The service worker does not delete them, because they are in a separate cache.
        """
        all_versions = _full_address(RUNTIME_FOLDER)
        current = _full_address(str(self._js_boot.folders.release))
        try:
            if await call(window.caches, "has", RUNTIME_CACHE):
                js_cache = await call(window.caches, "open", RUNTIME_CACHE)
                for js_request in await call(js_cache, "keys"):
                    address = str(js_request.url)
                    if address.startswith(all_versions) and not address.startswith(current):
                        await call(js_cache, "delete", js_request)
        except (AttributeError, JsException, Rejected):
            return  # without Cache Storage, nothing is cached

    def _show_state_changes(self, js_registration: Any) -> None:
        """Show the registration's state, now and when it changes."""
        if js_worker := js_registration.installing:
            on(js_worker, "statechange", lambda _: self._show_state(js_registration, js_worker))
        self._show_state(js_registration, None)

    def _show_state(self, js_registration: Any, js_worker: Any) -> None:
        """Show whether the page works offline, whether an update waits, or a failure.

        Args:
            js_registration: The registration of the service worker.
            js_worker: The worker whose state has changed; None if no change was observed.

        """
        if js_registration.active:
            self._show("offline_ready")
            self._show_offer(visible=bool(js_registration.waiting))
            return
        if js_worker:
            has_failed = js_worker.state == "redundant"
        else:  # the installation may have failed before the page listened to `statechange`
            has_failed = not _is_installing_or_waiting(js_registration)
        if has_failed:
            self._run(self._show_failure())

    async def _show_failure(self) -> None:
        from digits.page.device.page_not_stored import reason

        self._show_text("offline_failed", await reason(self._words))

    def _show_offer(self, *, visible: bool) -> None:
        element("update").hidden = not visible

    def _accept_update(self, js_registration: Any) -> None:
        self._is_update_accepted = True
        if js_registration.waiting:
            js_registration.waiting.postMessage(js_object({"type": "SKIP_WAITING"}))
        else:
            window.location.reload()

    def _reload_if_accepted(self) -> None:
        if self._is_update_accepted:
            window.location.reload()

    def _show(self, key: str, **values: object) -> None:
        self._show_text(key, self._words.say(key, **values))

    def _show_text(self, state: str, text: str) -> None:
        set_text(element("offline"), text)
        element("offline").dataset.state = state


def _container() -> Any:
    """Return `navigator.serviceWorker`; None if the browser does not have or allow it."""
    try:
        return getattr(navigator, "serviceWorker", None)
    except JsException:
        return None


def _is_installing_or_waiting(js_registration: Any) -> bool:
    """Return whether a new service worker is being installed, or is installed and waits."""
    return bool(js_registration.installing or js_registration.waiting)


def _full_address(path: str) -> str:
    """Return the full address of a path of this page.

    The path alone could match entries of other sites, which may share this origin's caches.
    """
    return str(URL.new(path, document.baseURI).href)
