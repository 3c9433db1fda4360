"""The result of a subcommand; messages and progress on standard error."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Generator


@dataclass(frozen=True)
class Result:
    """What a subcommand has found or written.

    Attributes:
        text: the lines for people.
        data: the result for programs, for `--json`; None if the command has already printed it.
        has_failed: whether the command's exit status is 1 although it did what it was asked to, for
            example because `verify` has found faults.

    """

    text: str
    data: dict[str, Any] | None = field(default_factory=dict)
    has_failed: bool = False


def say(message: str) -> None:
    """Print a message on standard error; standard output is for results."""
    print(message, file=sys.stderr, flush=True)


@contextmanager
def progress_bar(what: str, total: int, unit: str = "B") -> Generator[Callable[[int], None]]:
    """Show a progress bar on standard error, if that is a terminal.

    Args:
        what: what is going on, such as "Verifying".
        total: the amount of work.
        unit: the unit of `total`: "B" for bytes, else a plural such as " files".

    Yields:
        A function that takes the amount that was done since its last call.

    """
    from tqdm import tqdm  # imported here, because completion should not wait for it

    is_bytes = unit == "B"
    with tqdm(
        total=total,
        desc=what,
        unit=unit,
        unit_scale=is_bytes,
        leave=False,
        disable=not sys.stderr.isatty(),
    ) as bar:
        yield lambda amount: bar.update(amount) and None
