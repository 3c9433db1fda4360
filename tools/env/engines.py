"""The engines that pages run in: what drives each in tests, found on this machine or installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.console import BuildError, run, say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

BINDINGS = "import gi; gi.require_version('WebKit2', '4.1'); from gi.repository import Gtk, WebKit2"


@dataclass(frozen=True)
class Engine:
    """What a browser's engine is called, whether it can be driven, and Debian's packages for it."""

    name: str
    is_here: Callable[[], bool]
    packages: Sequence[str]


def path_of(*names: str) -> str:
    """Give the path of the first of these programs that there is. Raises BuildError."""
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        raise BuildError(f"{names[0]} is not installed.")
    return found


def _any(*names: str) -> bool:
    return any(map(shutil.which, names))


def _webkit() -> bool:
    shown = "DISPLAY" in os.environ or _any("Xvfb")
    python = shutil.which("python3", path="/usr/bin")
    if not (shown and python and _any("WebKitWebDriver")):
        return False
    return (
        subprocess.run([python, "-c", BINDINGS], capture_output=True, check=False).returncode == 0
    )


ENGINES = {
    "chromium": Engine("Chromium", lambda: _any("chromedriver"), ("chromium", "chromium-driver")),
    "firefox": Engine("Firefox", lambda: _any("firefox-esr", "firefox"), ("firefox-esr",)),
    "webkit": Engine(
        "WebKit",
        _webkit,
        ("webkit2gtk-driver", "gir1.2-webkit2-4.1", "python3-gi", "xvfb"),
    ),
}


def can_install() -> bool:
    """Tell whether this is a Debian that we may install packages on."""
    return hasattr(os, "geteuid") and os.geteuid() == 0 and _any("apt-get")


def provide(wanted: Sequence[str]) -> list[str]:
    """Find the engines, or install them where that is possible; give those that are here."""
    missing = [name for name in wanted if not ENGINES[name].is_here()]
    if missing and can_install():
        packages = [package for name in missing for package in ENGINES[name].packages]
        say(f"Installing {' and '.join(ENGINES[name].name for name in missing)} for the tests ...")
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        try:
            run("`apt-get update`", ["apt-get", "update"], env=quiet)
            install = ["apt-get", "install", "--yes", "--no-install-recommends"]
            run("`apt-get install`", [*install, *packages], env=quiet)
        except BuildError as error:
            say(str(error))
    return [name for name in wanted if ENGINES[name].is_here()]
