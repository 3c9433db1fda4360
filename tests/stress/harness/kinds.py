"""A table of functions by name. Each function builds wrong data in one way."""

from __future__ import annotations

from collections.abc import Callable


class Kinds[F: Callable[..., object]](dict[str, F]):
    """A table of functions by name; the decorator `add` fills it.

    Attributes:
        targets: By function name: the responses that the function can change, such as FILE in
            `tests.stress.faults`. Empty in the tables of `tests.stress.fuzz`, which don't use it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.targets: dict[str, tuple[str, ...]] = {}

    def add(self, *targets: str) -> Callable[[F], F]:
        """Return a decorator that adds a function, with these targets, to the table."""

        def register(function: F) -> F:
            self[function.__name__] = function
            self.targets[function.__name__] = targets
            return function

        return register
