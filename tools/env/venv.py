"""Create `.venv`, install locked packages there, and restart build.py with its Python.

This module needs only the standard library and runs on Python 3.11 or newer.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tools.console import BuildError, announce_installation, run, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ACCEPTED = ("3.13", "3.12")
"""The versions of Python that the tools accept, in order of preference."""
ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".venv"
SCRIPTS = FOLDER / "bin"
PYTHON = SCRIPTS / "python"
INSTALLED = FOLDER / "installed.txt"
"""Lists the packages that `install` has installed, as NAME==VERSION."""

_VERSION_SCRIPT = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])"


def enter(
    root: Path,
    arguments: Sequence[str],
    *,
    may_install: bool = True,
    offers_no_install: bool = False,
) -> None:
    """Make sure that build.py runs with `.venv`'s Python.

    If another Python is running, create `.venv` if necessary, and restart build.py with `.venv`'s
    Python. In this case, the function does not return.

    Args:
        root: the folder of build.py.
        arguments: the command line, including the script's name.
        may_install: False to install no Python outside the checkout.
        offers_no_install: see `announce_installation`.
    """
    if Path(sys.prefix).resolve() == FOLDER.resolve():
        return
    if _version(PYTHON) not in ACCEPTED:
        _create(may_install=may_install, offers_no_install=offers_no_install)
    os.execv(PYTHON, [str(PYTHON), str(root / "build.py"), *arguments[1:]])


def install(group: str) -> None:
    """Install the packages of locks/`group`.txt, unless they are installed."""
    lock = ROOT / "locks" / f"{group}.txt"
    pins = set(re.findall(r"^\S+==\S+", lock.read_text("utf-8"), re.MULTILINE))
    installed = set(INSTALLED.read_text("utf-8").splitlines()) if INSTALLED.exists() else set()
    if pins <= installed:
        return
    say(f"Installing {len(pins - installed)} packages for this command into .venv ...")
    run(
        "Installing the locked packages",
        [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"],
        "--require-hashes",
        "--no-deps",
        "-r",
        lock,
    )
    names = {pin.split("==")[0] for pin in pins}
    others = {pin for pin in installed if pin.split("==")[0] not in names}
    INSTALLED.write_text("\n".join(sorted(pins | others)) + "\n", "utf-8")


def install_into(folder: Path, group: str, *command: str) -> Path:
    """Fill a folder outside of `.venv` with the packages of locks/`group`.txt, unless it has them.

    Args:
        folder: the folder. What it contained before is deleted.
        group: the name of the lock file.
        *command: pip's subcommand and its options, which name the folder.

    Returns:
        The folder.
    """
    lock, installed = ROOT / "locks" / f"{group}.txt", folder / "lock.txt"
    if not installed.exists() or installed.read_bytes() != lock.read_bytes():
        shutil.rmtree(folder, ignore_errors=True)
        pip: list[str | Path] = [
            PYTHON,
            "-m",
            "pip",
            *command,
            "--quiet",
            "--disable-pip-version-check",
        ]
        run(f"Installing {group}", pip, "--require-hashes", "--no-deps", "-r", lock)
        shutil.copyfile(lock, installed)
    return folder


def _create(*, may_install: bool, offers_no_install: bool) -> None:
    candidates = _candidates(may_install=may_install, offers_no_install=offers_no_install)
    python = next((found for found in candidates if _version(found) in ACCEPTED), None)
    if python is None:
        raise BuildError(
            f"needs Python {' or '.join(ACCEPTED)} with the module venv, but found neither: "
            "install one (Debian: `apt-get install python3 python3-venv`, if it has one of these "
            "versions; else `pyenv install 3.13` or `uv python install 3.13`), then run this again."
        )
    say(f"Creating .venv with {python} ...")
    shutil.rmtree(FOLDER, ignore_errors=True)
    run("Creating .venv", [python, "-m", "venv", FOLDER])


def _candidates(*, may_install: bool, offers_no_install: bool = False) -> Iterator[str]:
    """Yield paths of Python: the running one, then those on PATH, of pyenv and of uv.

    If uv is there, it is asked for each accepted version in turn. If it lacks one and `may_install`
    is true, it installs that version before it is asked for the next.
    """
    yield sys.executable
    for name in (*(f"python{version}" for version in ACCEPTED), "python3", "python"):
        yield from filter(None, [shutil.which(name)])
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    for version in ACCEPTED:
        yield from map(str, sorted(pyenv.glob(f"{version}.*/bin/python"), reverse=True))
    uv = shutil.which("uv")
    if uv is None:
        return
    for version in ACCEPTED:
        find = [uv, "python", "find", version]
        found = _output(find)
        if not found and may_install:
            announce_installation(f"Python {version} with uv", offers_no_install=offers_no_install)
            _output([uv, "python", "install", version])
            found = _output(find)
        if found:
            yield found


def _version(python: str | Path) -> str:
    """Return the version of a Python, or "" if it does not run or lacks the module venv.

    The path of the running Python, `sys.executable`, may be "".
    """
    return _output([str(python), "-c", _VERSION_SCRIPT]) if python else ""


def _output(command: list[str]) -> str:
    """Return the standard output of a program, or "" if it fails."""
    try:
        done = subprocess.run(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    return "" if done.returncode else done.stdout.strip()
