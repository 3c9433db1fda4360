"""What the app asks of a page, and what it gives that to show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digits.drawing.ink import Box
    from digits.drawing.raster import Image
    from digits.reading.recogniser import Reading
    from offline_onnx import Model, Update


@dataclass(frozen=True)
class Digit:
    """A digit of the number. box: what it takes of the sheet. image: what was read of it."""

    box: Box
    image: Image
    reading: Reading


class View(Protocol):
    """What the app asks of the page."""

    def show_nothing(self) -> None:
        """Show that nothing is drawn: no digit."""
        ...

    def show_number(self, digits: Sequence[Digit], chosen: int) -> None:
        """Show a number of one digit or more, left to right.

        chosen: the index of the digit that is looked into.
        """
        ...

    def show_origin(self, model: Model) -> None:
        """Tell where the model came from; reading works from now on."""
        ...

    def show_update(self, update: Update) -> None:
        """Tell of a newer model, if there is one."""
        ...

    def show_failure(self, error: BaseException) -> None:
        """Tell why nothing can be read, and offer to try again."""
        ...
