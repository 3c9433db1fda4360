"""`.venv`: made with a Python that the tools accept, filled from the locks, entered.

Needs the standard library alone, and runs on any Python from 3.11 on.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tools.console import BuildError, run, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ACCEPTED = ("3.13", "3.12")
ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".venv"
SCRIPTS = FOLDER / ("Scripts" if os.name == "nt" else "bin")
PYTHON = SCRIPTS / ("python.exe" if os.name == "nt" else "python")
INSTALLED = FOLDER / "installed.txt"

PROBE = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])"


def enter(root: Path, arguments: Sequence[str]) -> None:
    """Go on inside `.venv`, making it first if there is none. Returns only if inside already."""
    if Path(sys.prefix).resolve() == FOLDER.resolve():
        return
    if _version(PYTHON) not in ACCEPTED:
        _make()
    os.execv(PYTHON, [str(PYTHON), str(root / "build.py"), *arguments[1:]])


def install(group: str) -> None:
    """Install the locked packages of a group, unless they are there."""
    lock = ROOT / "locks" / f"{group}.txt"
    pins = set(re.findall(r"^\S+==\S+", lock.read_text("utf-8"), re.MULTILINE))
    there = set(INSTALLED.read_text("utf-8").splitlines()) if INSTALLED.exists() else set()
    if pins <= there:
        return
    say(f"Installing what this command needs ({len(pins - there)} packages) into .venv ...")
    run(
        "Installing the locked packages",
        [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"],
        "--require-hashes",
        "--no-deps",
        "-r",
        lock,
    )
    names = {pin.split("==")[0] for pin in pins}
    kept = {pin for pin in there if pin.split("==")[0] not in names}
    INSTALLED.write_text("\n".join(sorted(pins | kept)) + "\n", "utf-8")


def _make() -> None:
    python = next((found for found in _candidates() if _version(found) in ACCEPTED), None)
    if python is None:
        raise BuildError(
            f"needs Python {' or '.join(ACCEPTED)} with the module venv, and found none here: "
            "install one (Debian: `apt-get install python3 python3-venv`, if its Python is one "
            "of these; else `pyenv install 3.13` or `uv python install 3.13`), then run this again."
        )
    say(f"Making .venv with {python} ...")
    shutil.rmtree(FOLDER, ignore_errors=True)
    run("Making .venv", [python, "-m", "venv", FOLDER])


def _candidates() -> Iterator[str]:
    """Name the Pythons of this machine: the running one, on PATH, under pyenv, through uv."""
    yield sys.executable
    for name in (*(f"python{version}" for version in ACCEPTED), "python3", "python"):
        yield from filter(None, [shutil.which(name)])
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    for version in ACCEPTED:
        yield from map(str, sorted(pyenv.glob(f"{version}.*/bin/python"), reverse=True))
    if uv := shutil.which("uv"):
        for version in ACCEPTED:
            for step in ("find", "install", "find"):
                found = _output([uv, "python", step, version])
                if step == "find" and found:
                    yield found
                    break


def _version(python: str | Path) -> str:
    """Give a Python's version, or "" if it does not run or has no venv."""
    return _output([str(python), "-c", PROBE]) if python else ""


def _output(command: list[str]) -> str:
    try:
        done = subprocess.run(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    return "" if done.returncode else done.stdout.strip()
