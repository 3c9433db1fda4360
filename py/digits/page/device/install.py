"""The button that installs the page, where the browser offers that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from js import window

from digits.page.dom import element, on
from offline_onnx.browser.interop import Rejected, call

if TYPE_CHECKING:
    from digits.page.main import Page


class InstallButton:
    """There from the browser's offer on until it is taken up: an offer can be used once."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._js_offer: Any = None
        on(element("install"), "click", lambda _: page.run(self._install()))
        on(window, "appinstalled", lambda _: self._show(offered=False))
        page.run(self._wait())

    async def _wait(self) -> None:
        self._js_offer = await self._page.js_boot.installable
        self._show(offered=True)

    async def _install(self) -> None:
        self._show(offered=False)
        try:
            await call(self._js_offer, "prompt")
        except Rejected:  # the browser has thought better of it; its own menu is still there
            return

    def _show(self, *, offered: bool) -> None:
        element("install").hidden = not offered
