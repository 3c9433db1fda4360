"""The answer: the number, a bar for each label, the image that was read, and what went on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digits.drawing.raster import SIDE
from digits.page.answer.bars import Bars
from digits.page.answer.boxes import Boxes
from digits.page.answer.number import Number
from digits.page.dom import element, image_data, on, write
from digits.reading.contract import DIGITS
from offline_onnx import SessionError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from digits.app import Digit
    from digits.words import Words
    from offline_onnx import Model, Update


class PageView:
    """Satisfies digits.app.View. retry: called when the user wants to try again.

    started: called once, when the start has ended, well or not.
    """

    def __init__(
        self,
        words: Words,
        retry: Callable[[BaseException], None],
        started: Callable[[], None],
    ) -> None:
        self._words = words
        self._retry = retry
        self._started = started
        self._number = Number(words)
        self._boxes = Boxes(element("boxes"))
        self._bars = Bars(element("bars"), words)
        self._error: BaseException | None = None
        self._js_seen = element("seen").getContext("2d")
        on(element("retry"), "click", lambda _: self._try_again())

    def show_nothing(self) -> None:
        """Show no digit, empty bars and a blank image."""
        self._number.show([])
        self._boxes.show([], 0)
        self._bars.show("", [0.0] * len(DIGITS))
        self._js_seen.clearRect(0, 0, SIDE, SIDE)

    def show_number(self, digits: Sequence[Digit], chosen: int) -> None:
        """Show the number large and a box around each digit; of the chosen, bars and image."""
        if isinstance(self._error, SessionError):  # the model that reads now can be run
            self._error = None
            element("failure").hidden = True
        shown = digits[chosen]
        self._number.show([digit.reading for digit in digits])
        self._boxes.show(digits, chosen)
        self._bars.show(shown.reading.label, shown.reading.joint_probabilities)
        self._js_seen.putImageData(image_data(shown.image), 0, 0)

    def show_origin(self, model: Model) -> None:
        """Tell where the model came from."""
        if model.origin:
            write(element("origin"), self._words.origin(model, model.origin))
            element("origin").dataset.origin = model.origin.value
        self._started()

    def show_update(self, update: Update) -> None:
        """Tell of a newer model, if there is one."""
        write(element("newer"), self._words.update(update))
        element("newer").dataset.state = update.state.value

    def show_failure(self, error: BaseException) -> None:
        """Tell why nothing can be read, and offer to try again."""
        self._error = error
        write(element("failure-text"), self._words.failure(error))
        element("failure").hidden = False
        self._started()

    def _try_again(self) -> None:
        element("failure").hidden = True
        if self._error:
            self._retry(self._error)
