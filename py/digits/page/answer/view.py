"""The result: the number, the boxes, the bars, the image that was read, and failures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digits.drawing.raster import SIDE
from digits.load_outcome import load_outcome
from digits.page.answer.bars import Bars
from digits.page.answer.boxes import Boxes
from digits.page.answer.number import Number
from digits.page.dom import element, image_data, on, set_text
from offline_onnx.errors import SessionError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from digits.app import Symbol
    from digits.pen_rest import PenRest
    from digits.words import Words
    from offline_onnx import Model
    from offline_onnx.storage.model_store import Update


class AnswerView:
    """Shows readings, the model's origin and failures. Implements digits.app.View."""

    def __init__(
        self,
        words: Words,
        retry: Callable[[BaseException], None],
        start_ended: Callable[[], None],
        pen: PenRest,
    ) -> None:
        """Listen to the pen, and to the button that tries again.

        Args:
            words: The texts of the page.
            retry: Called with the shown error when the user presses the button.
            start_ended: Called whenever a model was loaded or a failure is shown.
            pen: Uncertain symbols are marked only while the pen rests. While the pen draws, a
                symbol may be incomplete.

        """
        self._words = words
        self._retry = retry
        self._start_ended = start_ended
        self._pen = pen
        self._symbols: Sequence[Symbol] = ()
        self._chosen = 0
        self._number = Number(words)
        self._boxes = Boxes(element("boxes"))
        self._bars = Bars(element("bars"), words)
        self._error: BaseException | None = None
        self._js_seen = element("seen").getContext("2d")
        on(element("retry"), "click", lambda _: self._try_again())
        pen.changed.add(self._show_symbols)

    def show_nothing(self) -> None:
        """Show no symbol, empty bars and a blank image."""
        self._symbols, self._chosen = (), 0
        self._show_symbols()
        self._bars.show(None)
        self._js_seen.clearRect(0, 0, SIDE, SIDE)

    def show_symbols(self, symbols: Sequence[Symbol], chosen: int) -> None:
        """Show the symbols, a box around each, and the bars and image of the chosen one."""
        if isinstance(self._error, SessionError):  # the model works again
            self._error = None
            element("failure").hidden = True
        symbol = symbols[chosen]
        self._symbols, self._chosen = symbols, chosen
        self._show_symbols()
        self._bars.show(symbol.reading)
        self._js_seen.putImageData(image_data(symbol.image), 0, 0)

    def hide_boxes(self) -> None:
        """Hide the boxes, because a picture has been put over the drawing, or taken away."""
        self._boxes.show((), 0, mark_uncertain=False)

    def show_origin(self, model: Model) -> None:
        """Show where the model was loaded from."""
        set_text(element("origin"), self._words.origin(model))
        element("origin").dataset.origin = load_outcome(model)
        self._start_ended()

    def show_update(self, update: Update) -> None:
        """Show the result of a check for a newer model."""
        set_text(element("newer"), self._words.update(update))
        element("newer").dataset.state = update.state.value

    def show_failure(self, error: BaseException) -> None:
        """Show why the page can't read, and offer to try again."""
        self._error = error
        set_text(element("failure-text"), self._words.failure(error))
        element("failure").hidden = False
        self._start_ended()

    def _show_symbols(self) -> None:
        mark_uncertain = self._pen.is_resting
        self._number.show(self._symbols, mark_uncertain=mark_uncertain)
        self._boxes.show(self._symbols, self._chosen, mark_uncertain=mark_uncertain)

    def _try_again(self) -> None:
        element("failure").hidden = True
        if self._error:
            self._retry(self._error)
