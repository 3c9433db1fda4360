"""An explanation in figures: what was seen, what mattered, and what would change the answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from js import getComputedStyle

from digits.drawing.raster import SIDE
from digits.page.dom import element, image_data, js_pixels
from digits.reading.paint import ZOOM, paint_importance, paint_loss

if TYPE_CHECKING:
    from digits.reading.occlusion import Explanation
    from digits.reading.paint import Colour


class Figures:
    """Draws on the three canvases of the panel, in the colours of the page."""

    def __init__(self) -> None:
        self._js_seen, self._js_map, self._js_change = (
            element(name).getContext("2d") for name in ("why-seen", "why-map", "why-change")
        )

    def show(self, explanation: Explanation | None) -> None:
        """Draw an explanation; None leaves the canvases empty."""
        if explanation is None:
            for js_context in (self._js_seen, self._js_map, self._js_change):
                js_context.clearRect(0, 0, js_context.canvas.width, js_context.canvas.height)
            return
        image, change = explanation.image, explanation.change
        ink, above, below = map(_colour, ("why-map", "why-for", "why-against"))
        self._js_seen.putImageData(image_data(image), 0, 0)
        matters = paint_importance(image, explanation.importance, ink, (above, below))
        self._js_map.putImageData(js_pixels(matters, SIDE), 0, 0)
        hatched = paint_loss(image, change.image if change else image, ink, below)
        self._js_change.putImageData(js_pixels(hatched, SIDE * ZOOM), 0, 0)


def _colour(name: str) -> Colour:
    """Give the text colour of an element, as the scheme of the moment has it."""
    js_colour: Any = getComputedStyle(element(name)).color
    red, green, blue = (int(part) for part in re.findall(r"\d+", str(js_colour))[:3])
    return red, green, blue
