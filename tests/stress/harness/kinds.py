"""Tables of functions, by their names: the ways in which a seed can spoil something."""

from __future__ import annotations

from collections.abc import Callable


class Kinds[F: Callable[..., object]](dict[str, F]):
    """Functions by their names.

    Attributes:
        targets: What each function applies to, where that differs.
    """

    def __init__(self) -> None:
        super().__init__()
        self.targets: dict[str, tuple[str, ...]] = {}

    def add(self, *targets: str) -> Callable[[F], F]:
        """Return a decorator that enters a function under its name."""

        def enter(function: F) -> F:
            self[function.__name__] = function
            self.targets[function.__name__] = targets
            return function

        return enter
