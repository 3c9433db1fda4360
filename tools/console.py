"""How a step says what it does, and how it fails: with one clear line."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


WORDS = 3
"""Lines of a failed program's output that are passed on."""


class BuildError(Exception):
    """A step failed; the message is what the developer needs to know, on one line."""


def say(message: str) -> None:
    """Tell the developer what is being done. Not on standard output: that is for results."""
    print(message, file=sys.stderr, flush=True)


def run(
    what: str,
    program: Sequence[str | Path],
    *arguments: str | Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> str:
    """Run a program quietly and give its output. `what` names the step.

    Raises BuildError with the program's last words if it can't be started or fails.
    """
    try:
        done = subprocess.run(
            [str(part) for part in (*program, *arguments)],
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    except OSError as error:
        raise BuildError(f"{what} failed: {error}") from error
    if done.returncode:
        lines = [line.strip() for line in done.stdout.splitlines() if line.strip()]
        telling = [line for line in lines if "error" in line.lower()] or lines[-WORDS:]
        raise BuildError(f"{what} failed (status {done.returncode}): {' / '.join(telling[:WORDS])}")
    return done.stdout
