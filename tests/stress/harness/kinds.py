"""Tables of functions by their names. Each function corrupts data in one way."""

from __future__ import annotations

from collections.abc import Callable


class Kinds[F: Callable[..., object]](dict[str, F]):
    """Functions by their names.

    Attributes:
        targets: For each function, the targets that it applies to; empty if it applies to all.
    """

    def __init__(self) -> None:
        super().__init__()
        self.targets: dict[str, tuple[str, ...]] = {}

    def add(self, *targets: str) -> Callable[[F], F]:
        """Return a decorator that adds a function to the table under its name."""

        def register(function: F) -> F:
            self[function.__name__] = function
            self.targets[function.__name__] = targets
            return function

        return register
