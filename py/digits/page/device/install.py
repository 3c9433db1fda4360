"""The button that installs the page, where the browser offers installation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from js import window

from digits.page.dom import element, on
from offline_onnx.browser.interop import Rejected, call

if TYPE_CHECKING:
    from digits.page.background import Run


class InstallButton:
    """The install button. It is hidden after a click, because an offer can be used only once."""

    def __init__(self, run: Run, js_installable: Any) -> None:
        """Wait for the browser's offer.

        Args:
            run: Starts work in the background.
            js_installable: A promise of the browser's `beforeinstallprompt` event.

        """
        self._js_offer: Any = None
        on(element("install"), "click", lambda _: run(self._install()))
        on(window, "appinstalled", lambda _: self._show(offered=False))
        run(self._wait(js_installable))

    async def _wait(self, js_installable: Any) -> None:
        self._js_offer = await js_installable
        self._show(offered=True)

    async def _install(self) -> None:
        self._show(offered=False)
        try:
            await call(self._js_offer, "prompt")
        except Rejected:  # the browser withdrew its offer; its own menu can still install the page
            return

    def _show(self, *, offered: bool) -> None:
        element("install").hidden = not offered
