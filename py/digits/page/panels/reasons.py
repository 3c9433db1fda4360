"""An explanation in words: beside the figures, and as the figures' names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from js import document

from digits.page.dom import element, write
from digits.reading.occlusion import NOTICEABLE, erase

if TYPE_CHECKING:
    from digits.drawing.raster import Image
    from digits.reading.occlusion import Explanation
    from digits.words import Words

PLACES = (
    ("place_top_left", "place_top", "place_top_right"),
    ("place_left", "place_middle", "place_right"),
    ("place_bottom_left", "place_bottom", "place_bottom_right"),
)


class Reasons:
    """Writes the sentences of the panel."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def tell(self, explanation: Explanation | None, otherwise: str) -> None:
        """Say why a digit is read as it is, or, if there is no explanation, something else."""
        say = self._words.say
        matters, change = [say("why_map")], say("why_change")
        sentences = [otherwise]
        if explanation:
            matters, change = self._matters(explanation), self._change(explanation)
            sentences = [*self._reading(explanation), *matters]
        element("why-said").replaceChildren(*map(_paragraph, sentences))
        write(element("why-changed"), change)
        element("why-map").ariaLabel = " ".join(matters)
        element("why-change").ariaLabel = change

    def _reading(self, explanation: Explanation) -> list[str]:
        reading, runner_up = explanation.reading, explanation.runner_up
        answer = self._words.say(
            "why_reading" if reading.is_confident else "why_guess",
            label=reading.label,
            chance=self._percent(reading.confidence),
            second=reading.second,
            next=self._percent(runner_up),
        )
        no_digit = 1 - reading.is_digit
        if no_digit < max(runner_up, NOTICEABLE):
            return [answer]
        return [answer, self._words.say("why_no_digit", chance=self._percent(no_digit))]

    def _matters(self, explanation: Explanation) -> list[str]:
        pieces = {
            "why_support": explanation.strongest_support,
            "why_opposition": explanation.strongest_opposition,
        }
        told = [
            self._words.say(
                key,
                place=self._place(explanation, erase(explanation.image, piece.square)),
                before=self._percent(explanation.reading.confidence),
                after=self._percent(piece.probability),
            )
            for key, piece in pieces.items()
            if piece
        ]
        return told or [self._words.say("why_no_patch")]

    def _change(self, explanation: Explanation) -> str:
        change = explanation.change
        if change is None:
            return self._words.say("why_no_change")
        return self._words.say(
            "why_another" if change.reading.is_confident else "why_no_answer",
            place=self._place(explanation, change.image),
            label=change.reading.label,
        )

    def _place(self, explanation: Explanation, rest: Image) -> str:
        row, column = explanation.location_of_loss(rest)
        return self._words.say(PLACES[row][column])

    def _percent(self, chance: float) -> str:
        percent = round(100 * chance)
        return self._words.say("percent" if percent else "why_below_one", value=percent)


def _paragraph(sentence: str) -> Any:
    js_paragraph = document.createElement("p")
    js_paragraph.textContent = sentence
    return js_paragraph
