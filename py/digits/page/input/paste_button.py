"""The button that pastes an image, for those without a keyboard at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from js import navigator

from digits.page.dom import element, on
from offline_onnx.browser.interop import Rejected, call

if TYPE_CHECKING:
    from digits.page.input.pictures import PictureInput
    from digits.page.main import Page


class PasteButton:
    """There where the browser lets a page ask for the clipboard's images."""

    def __init__(self, page: Page) -> None:
        self._pictures: PictureInput = page.pictures
        on(element("paste"), "click", lambda _: page.run(self._paste()))
        element("paste").hidden = not hasattr(navigator.clipboard, "read")

    async def _paste(self) -> None:
        try:
            js_image = await _image_on_clipboard()
        except Rejected:
            self._pictures.tell("paste_refused")
            return
        if js_image:
            self._pictures.open(js_image)
        else:
            self._pictures.tell("paste_empty")


async def _image_on_clipboard() -> Any:
    """Give the first image, as a blob; None if there is none. Raises Rejected."""
    for js_item in await call(navigator.clipboard, "read"):
        for kind in js_item.types:
            if kind.startswith("image/"):
                return await call(js_item, "getType", kind)
    return None
