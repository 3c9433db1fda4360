"""The steps of the story: each has a title, a sentence, and its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from js import document

from digits.page.dom import child, element

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digits.facts.how_it_works import Step


class Steps:
    """Fills the element `about-steps` of index.html."""

    def __init__(self) -> None:
        self._shown: Sequence[Step] = []

    def show(self, steps: Sequence[Step]) -> None:
        """Show the steps, if they are others than those shown."""
        if steps != self._shown:
            self._shown = steps
            element("about-steps").replaceChildren(*map(_item, steps))


def _item(step: Step) -> Any:
    js_item = document.createElement("li")
    child(js_item, "h2", step.title)
    child(js_item, "p", step.sentence)
    js_figures = child(js_item, "dl")
    for what, amount in step.figures.items():
        js_figure = child(js_figures, "div")
        child(js_figure, "dt", what)
        child(js_figure, "dd", amount)
    return js_item
