"""The panel that explains why the chosen digit is read as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from js import window

from digits.page.dom import element, grey_data, on, set_text
from digits.page.panels.deferred_work import DeferredWork
from digits.page.panels.layers import Layers
from digits.page.panels.why_figures import Figures, Sentences
from digits.reading.occlusion import explain
from offline_onnx import OfflineModelError

if TYPE_CHECKING:
    from collections.abc import Callable

    from digits.app import App, Symbol
    from digits.page.background import Run
    from digits.reading.examples import Example
    from digits.reading.occlusion import Explanation
    from digits.words import Words


class WhyPanel:
    """Explains the chosen digit whenever the user has stopped drawing."""

    def __init__(
        self, app: App, words: Words, run: Run, example_of: Callable[[int], Example | None]
    ) -> None:
        """Create the panel. `refresh` requests the first explanation.

        Args:
            app: Has the digit and the recogniser.
            words: The texts of the page.
            run: Starts work in the background.
            example_of: Returns the taught example with this key; None if it has been forgotten.

        """
        self._example_of = example_of
        self._app = app
        self._words = words
        self._run = run
        self._sentences = Sentences(words)
        self._figures = Figures()
        self._layers = Layers(app, words, run)
        self._explanation: Explanation | None = None
        self._digit: Symbol | None = app.chosen_symbol
        self._is_explained = False
        js_scheme = window.matchMedia("(prefers-color-scheme: dark)")
        on(js_scheme, "change", lambda _: self._figures.show(self._explanation))
        self._deferred = DeferredWork(app, self._explain, run, self._digit)

    def refresh(self) -> None:
        """Show the explanation of the chosen digit.

        If it is not shown yet, request it and dim the old one; otherwise, only draw the layers.
        """
        digit = self._app.chosen_symbol
        if digit is not self._digit:
            self._digit, self._is_explained = digit, False
        if self._is_explained:
            self._run(self._layers.draw())
        else:
            element("explanation").ariaBusy = "true"
            self._deferred.request(digit)

    async def _explain(self) -> None:
        """Explain the chosen digit; show the explanation unless the digit has changed meanwhile."""
        digit = self._app.chosen_symbol
        explanation, text_if_none = None, self._words.say("why_hint")
        try:
            if digit and self._app.recogniser:
                explanation = await explain(self._app.recogniser, digit.image, digit.weights)
        except OfflineModelError as error:
            text_if_none = self._words.failure(error)
        if digit is self._app.chosen_symbol:
            self._is_explained, self._explanation = True, explanation
            self._figures.show(explanation)
            self._sentences.show(explanation, text_if_none)
            self._show_taught_example(explanation)
            element("explanation").ariaBusy = "false"
            self._run(self._layers.show(explanation.image if explanation else None))

    def _show_taught_example(self, explanation: Explanation | None) -> None:
        """Show the taught example that decided the answer, if there is one."""
        reading = explanation.reading if explanation else None
        used = reading.used_example if reading and reading.is_decided_by_example else None
        example = self._example_of(used.key) if used else None
        element("why-lesson").hidden = example is None
        if used and example:
            js_context = element("why-example").getContext("2d")
            js_context.putImageData(grey_data(example.pixels), 0, 0)
            set_text(element("why-taught"), self._words.used_example(example.label, used))
