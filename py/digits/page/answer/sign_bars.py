"""The buttons of the signs: each shows a probability as a bar. `Teacher` handles the clicks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digits.page.dom import element
from digits.reading.contract import SIGNS

if TYPE_CHECKING:
    from digits.app import App

EMPTY_LENGTH = "0.000"
"""The length of an empty bar."""


class SignBars:
    """The buttons in the element `signs`, in the order of SIGNS; hidden if the model reads none."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._js_keys = list(element("signs").querySelectorAll("button"))
        self._shown = [(EMPTY_LENGTH, "")] * len(SIGNS)
        app.changed.add(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        symbol = self._app.chosen_symbol
        if symbol and element("signs").hidden == bool(symbol.reading.signs):
            element("signs").hidden = not symbol.reading.signs
        signs = (symbol.reading.signs if symbol else ()) or (0.0,) * len(SIGNS)
        label = symbol.reading.label if symbol else ""
        for index, (sign, probability) in enumerate(zip(SIGNS, signs, strict=True)):
            shown = f"{probability:.3f}", "best" if sign == label else ""
            if shown != self._shown[index]:
                self._shown[index] = shown
                self._js_keys[index].style.setProperty("--part", shown[0])
                self._js_keys[index].className = shown[1]
