"""Report what a build step does, run programs, and fail with one clear line."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


_SHOWN_LINES = 3
"""How many lines of a failed program's output are shown."""


class BuildError(Exception):
    """A build step failed; the message tells the developer why, on one line."""


def say(message: str) -> None:
    """Report progress on standard error; standard output is for results."""
    print(message, file=sys.stderr, flush=True)


def run(
    step: str,
    program: Sequence[str | Path],
    *arguments: str | Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> str:
    """Run a program quietly and return its output.

    Args:
        step: what the program is run for; an error message begins with it.
        program: the program, with the arguments that always belong to it.
        *arguments: further arguments.
        cwd: the folder to run it in.
        env: its environment variables.

    Raises:
        BuildError: It could not be started or failed; the message has its last lines.
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
        raise BuildError(f"{step} failed: {error}") from error
    if done.returncode:
        lines = [line.strip() for line in done.stdout.splitlines() if line.strip()]
        shown = [line for line in lines if "error" in line.lower()] or lines[-_SHOWN_LINES:]
        reason = " / ".join(shown[:_SHOWN_LINES])
        raise BuildError(f"{step} failed (status {done.returncode}): {reason}")
    return done.stdout
