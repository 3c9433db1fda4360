"""The panel that tells why a digit is read as it is. It works while the pen rests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from js import window

from digits.page.dom import element, on
from digits.page.panels.at_rest import AtRest
from digits.page.panels.layers import Layers
from digits.page.panels.reasons import Reasons
from digits.page.panels.why_figures import Figures
from digits.reading.occlusion import explain
from offline_onnx import OfflineModelError

if TYPE_CHECKING:
    from digits.app import Digit
    from digits.page.main import Page
    from digits.reading.occlusion import Explanation


def open_panel(page: Page) -> Inside:
    """Give the panel of a page that has started."""
    return Inside(page)


class Inside:
    """Explains the digit that is chosen, once for each time that the pen rests."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._reasons = Reasons(page.words)
        self._figures = Figures()
        self._layers = Layers(page)
        self._explanation: Explanation | None = None
        self._digit: Digit | None = page.app.digit
        self._is_explained = False
        scheme = window.matchMedia("(prefers-color-scheme: dark)")
        on(scheme, "change", lambda _: self._figures.show(self._explanation))
        self._at_rest = AtRest(page, self._explain, self._digit)

    def refresh(self) -> None:
        """Have what is read now explained, if it is not yet; until then the old one is dimmed."""
        digit = self._page.app.digit
        if digit is not self._digit:
            self._digit, self._is_explained = digit, False
        if not self._is_explained:
            element("why").ariaBusy = "true"
            self._at_rest.ask(digit)

    async def _explain(self) -> None:
        """Explain what is read now, and show it if it still is."""
        app, digit = self._page.app, self._page.app.digit
        explanation, otherwise = None, self._page.words.say("why_hint")
        try:
            if digit and app.recogniser:
                explanation = await explain(app.recogniser, digit.image)
        except OfflineModelError as error:
            otherwise = self._page.words.failure(error)
        if digit is app.digit:
            self._is_explained, self._explanation = True, explanation
            self._figures.show(explanation)
            self._reasons.tell(explanation, otherwise)
            element("why").ariaBusy = "false"
            self._page.run(self._layers.show(explanation.image if explanation else None))
