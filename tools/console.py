"""Report progress, run programs, and report a failure in one clear line."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


_SHOWN_LINES = 3
"""The maximum number of lines of a failed program's output in an error message."""


class BuildError(Exception):
    """A build step failed. The message is one line and says why."""


def say(message: str) -> None:
    """Print a message on standard error; standard output is for results."""
    print(message, file=sys.stderr, flush=True)


def announce_installation(programs: str, *, offers_no_install: bool) -> None:
    """Print that programs are installed outside this checkout.

    Args:
        programs: the programs, and how they are installed.
        offers_no_install: whether the running command has the option --no-install, which prevents
            the installation.
    """
    hint = " (to prevent this: --no-install)" if offers_no_install else ""
    say(f"Installing outside this checkout{hint}: {programs} ...")


def run(
    step: str,
    program: Sequence[str | Path],
    *arguments: str | Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> str:
    """Run a program quietly and return its output.

    Args:
        step: the name of the build step; an error message begins with it.
        program: the program and its first arguments.
        *arguments: further arguments.
        cwd: the folder to run it in.
        env: its environment variables.

    Raises:
        BuildError: The program could not be started, or it failed. The message has the first lines
            of its output that mention an error; if none does, its last lines.
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
