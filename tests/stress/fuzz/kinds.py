"""Tables of ways to make a hostile file: functions, entered under their names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    type Make = Callable[[Any, Random], Any]


class Kinds(dict[str, "Make"]):
    """Ways by name. Each is called with what it spoils and with dice."""

    def enter[M: Make](self, make: M) -> M:
        """Enter a function under its name."""
        self[make.__name__] = make
        return make
