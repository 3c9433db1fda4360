"""Show an explanation in three figures and in sentences.

Screen readers read some of the sentences as the labels of the second and third figures.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from js import document, getComputedStyle

from digits.drawing.raster import SIDE
from digits.page.dom import element, image_data, js_pixels, set_text
from digits.reading.occlusion import NOTICEABLE, erase
from digits.reading.paint import ZOOM, paint_erasure, paint_importance

if TYPE_CHECKING:
    from digits.drawing.raster import Image
    from digits.reading.occlusion import Explanation
    from digits.reading.paint import Colour
    from digits.words import Words

PLACES = (
    ("place_top_left", "place_top", "place_top_right"),
    ("place_left", "place_middle", "place_right"),
    ("place_bottom_left", "place_bottom", "place_bottom_right"),
)
"""The text keys of the nine parts of the digit, by row and column."""


class Figures:
    """Draws the image, the importance of its ink, and the erasure that would change the answer."""

    def __init__(self) -> None:
        self._js_seen, self._js_map, self._js_change = (
            element(name).getContext("2d") for name in ("why-seen", "why-map", "why-change")
        )

    def show(self, explanation: Explanation | None) -> None:
        """Draw an explanation in the colours of the page; None clears the figures."""
        if explanation is None:
            for js_context in (self._js_seen, self._js_map, self._js_change):
                js_context.clearRect(0, 0, js_context.canvas.width, js_context.canvas.height)
            return
        image, erasure = explanation.image, explanation.decisive_erasure
        ink, support, opposition = map(_colour, ("why-map", "why-for", "why-against"))
        self._js_seen.putImageData(image_data(image), 0, 0)
        importance = paint_importance(image, explanation.importance, ink, (support, opposition))
        self._js_map.putImageData(js_pixels(importance, SIDE), 0, 0)
        loss = paint_erasure(image, erasure.remaining if erasure else image, ink, opposition)
        self._js_change.putImageData(js_pixels(loss, SIDE * ZOOM), 0, 0)


class Sentences:
    """Writes the sentences of the panel."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def show(self, explanation: Explanation | None, text_if_none: str) -> None:
        """Write why a digit is read as it is.

        Args:
            explanation: The explanation, if there is one.
            text_if_none: The text to write if there is no explanation.

        """
        say = self._words.say
        importance, change = [say("why_map")], say("why_change")
        sentences, colours = [text_if_none], set()
        if explanation:
            sides = {
                "why-for": explanation.strongest_support,
                "why-against": explanation.strongest_opposition,
            }
            colours = {name for name, patch in sides.items() if patch}
            importance, change = self._importance(explanation), self._change(explanation)
            sentences = [*self._reading(explanation), *importance]
        for name in ("why-for", "why-against"):
            element(name).hidden = name not in colours
        element("why-said").replaceChildren(*map(_paragraph, sentences))
        set_text(element("why-changed"), change)
        element("why-map").ariaLabel = " ".join(importance)
        element("why-change").ariaLabel = change

    def _reading(self, explanation: Explanation) -> list[str]:
        reading, runner_up = explanation.reading, explanation.runner_up_probability
        if reading.seems_no_symbol:
            chance = self._percent(reading.not_symbol)
            return [self._words.say("why_says_no_digit", chance=chance, label=reading.label)]
        answer = self._words.say(
            "why_reading" if reading.is_confident else "why_guess",
            label=reading.label,
            chance=self._percent(reading.confidence),
            second=reading.second,
            next=self._percent(runner_up),
        )
        if reading.not_symbol < max(runner_up, NOTICEABLE):
            return [answer]
        return [
            answer,
            self._words.say("why_no_digit", chance=self._percent(reading.not_symbol)),
        ]

    def _importance(self, explanation: Explanation) -> list[str]:
        patches = {
            "why_support": explanation.strongest_support,
            "why_opposition": explanation.strongest_opposition,
        }
        sentences = [
            self._words.say(
                key,
                place=self._place(explanation, erase(explanation.image, patch.square)),
                before=self._percent(explanation.reading.confidence),
                after=self._percent(patch.probability),
            )
            for key, patch in patches.items()
            if patch
        ]
        if sentences or explanation.reading.seems_no_symbol:
            return sentences
        return [self._words.say("why_no_patch")]

    def _change(self, explanation: Explanation) -> str:
        erasure = explanation.decisive_erasure
        if erasure is None:
            return self._words.say("why_no_change")
        return self._words.say(
            "why_another" if erasure.reading.is_confident else "why_no_answer",
            place=self._place(explanation, erasure.remaining),
            label=erasure.reading.label,
        )

    def _place(self, explanation: Explanation, remaining: Image) -> str:
        row, column = explanation.location_of_erased_ink(remaining)
        return self._words.say(PLACES[row][column])

    def _percent(self, probability: float) -> str:
        percent = round(100 * probability)
        return self._words.say("percent" if percent else "why_below_one", value=percent)


def _paragraph(sentence: str) -> Any:
    js_paragraph = document.createElement("p")
    js_paragraph.textContent = sentence
    return js_paragraph


def _colour(name: str) -> Colour:
    """Return the current text colour of an element; it depends on the colour scheme."""
    js_colour: Any = getComputedStyle(element(name)).color
    red, green, blue = (int(part) for part in re.findall(r"\d+", str(js_colour))[:3])
    return red, green, blue
