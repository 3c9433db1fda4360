"""The browsers that tests run in: found on this machine, or installed.

This module installs programs outside the checkout, so it announces each installation.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tools.console import BuildError, announce_installation, run, say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_ON_MACOS = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"

_DISABLED_FEATURES = (
    # Internal pages of the address bar, which cost a second of CPU time for each window.
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup",
    # Playwright's own list, repeated because Chromium uses only the last --disable-features.
    "AimEnabled", "AutoDeElevate", "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync", "BlockOriginHeaderModificationOnRedirect",
    "DestroyProfileOnBrowserClose", "DialMediaRouteProvider", "GlobalMediaControls",
    "HttpsUpgrades", "LensOverlay", "MediaRouter", "NetworkTimeServiceQuerying",
    "OptimizationHints", "PaintHolding", "ThirdPartyStoragePartitioning", "Translate",
)  # fmt: skip
CHROMIUM_ARGUMENTS = [
    "--disable-background-networking",  # this and the next two stop requests to Google's servers
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(_DISABLED_FEATURES)}",
    *(["--no-sandbox"] if os.geteuid() == 0 else []),
]
"""The command-line arguments with which tests, measurements and screenshots start Chromium."""

_IMPORT_WEBKIT = (
    "import gi; gi.require_version('WebKit2', '4.1'); from gi.repository import Gtk, WebKit2"
)


@dataclass(frozen=True)
class Engine:
    """A browser engine.

    Attributes:
        name: its name in messages.
        is_installed: a function that returns whether the engine and the program that controls it
            are installed. For Chromium, it checks only the program, chromedriver: `find_chromium`
            finds Chromium itself.
        packages: the Debian packages to install.
    """

    name: str
    is_installed: Callable[[], bool]
    packages: Sequence[str]


def find_program(*names: str) -> str:
    """Return the path of the first of these programs that is installed.

    Raises:
        BuildError: None of them is installed.
    """
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        raise BuildError(f"{names[0]} is not installed.")
    return found


def _is_any_installed(*names: str) -> bool:
    return any(map(shutil.which, names))


def _is_webkit_installed() -> bool:
    has_display = "DISPLAY" in os.environ or _is_any_installed("Xvfb")
    python = shutil.which("python3", path="/usr/bin")
    if not (has_display and python and _is_any_installed("WebKitWebDriver")):
        return False
    command = [python, "-c", _IMPORT_WEBKIT]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


ENGINES = {
    "chromium": Engine(
        "Chromium", lambda: _is_any_installed("chromedriver"), ("chromium", "chromium-driver")
    ),
    "firefox": Engine(
        "Firefox", lambda: _is_any_installed("firefox-esr", "firefox"), ("firefox-esr",)
    ),
    "webkit": Engine(
        "WebKit",
        _is_webkit_installed,
        ("webkit2gtk-driver", "gir1.2-webkit2-4.1", "python3-gi", "xvfb"),
    ),
}


def can_install() -> bool:
    """Return whether this process runs as root on a system with apt-get."""
    return os.geteuid() == 0 and _is_any_installed("apt-get")


def install_missing(wanted: Sequence[str], *, may_install: bool = True) -> list[str]:
    """Install the wanted engines that are missing, if this process can install packages.

    Args:
        wanted: keys of ENGINES.
        may_install: False to install nothing.

    Returns:
        The keys of those wanted engines that are installed now.
    """
    missing = [name for name in wanted if not ENGINES[name].is_installed()]
    if missing and may_install and can_install():
        packages = [package for name in missing for package in ENGINES[name].packages]
        names = " and ".join(ENGINES[name].name for name in missing)
        programs = f"{names}, as root, with apt-get: {' '.join(packages)}"
        # Only the command `test` comes here.
        announce_installation(programs, offers_no_install=True)
        try:
            _apt_get("update")
            _apt_get("install", "--yes", "--no-install-recommends", *packages)
        except BuildError as error:
            say(str(error))
    return [name for name in wanted if ENGINES[name].is_installed()]


def find_chromium(*, may_install: bool = True, offers_no_install: bool = False) -> str:
    """Return the path of $CHROMIUM or of an installed Chromium; install Chromium if necessary.

    Args:
        may_install: False to install nothing.
        offers_no_install: see `announce_installation`.

    Raises:
        BuildError: $CHROMIUM can't be run, or Chromium is missing and was not installed.
    """
    if named := os.environ.get("CHROMIUM"):
        if not shutil.which(named):
            raise BuildError(f"$CHROMIUM is {named}, which can't be run.")
        return named
    found = _installed_chromium() or _playwrights_chromium()
    if found:
        return found
    if not may_install:
        raise BuildError(
            "this command needs Chromium, which is not installed: install it (Debian: `sudo "
            "apt-get install chromium`), set $CHROMIUM to its path, or leave --no-install out."
        )
    announce_installation(
        "Chromium, as root, with Playwright or else with apt-get",
        offers_no_install=offers_no_install,
    )
    return _install_chromium()


def _installed_chromium() -> str | None:
    return next(filter(None, map(shutil.which, (*CHROMIUM_NAMES, CHROMIUM_ON_MACOS))), None)


def _playwrights_chromium() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def _install_chromium() -> str:
    """Install Chromium with Playwright or, if that fails, with apt-get; return its path."""
    reasons = []
    for install in (_install_with_playwright, _install_with_apt):
        try:
            install()
        except BuildError as error:
            reasons.append(str(error))
        if found := _installed_chromium() or _playwrights_chromium():
            return found
    raise BuildError(
        "this command needs Chromium, and it could not be installed: install it (Debian: "
        f"`sudo apt-get install chromium`) or set $CHROMIUM to its path. {' '.join(reasons)}"
    )


def _install_with_playwright() -> None:
    command = [sys.executable, "-m", "playwright", "install", "--with-deps", "chromium"]
    run("`playwright install chromium`", command, env=_noninteractive())


def _install_with_apt() -> None:
    if can_install():
        _apt_get("update")
        _apt_get("install", "--yes", "chromium")


def _apt_get(*arguments: str) -> None:
    run(f"`apt-get {arguments[0]}`", ["apt-get", *arguments], env=_noninteractive())


def _noninteractive() -> dict[str, str]:
    return {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
