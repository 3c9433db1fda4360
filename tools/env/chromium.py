"""A Chromium for the tests: the one named, the one there is, or one installed now."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tools.console import BuildError, run, say
from tools.env.engines import can_install
from tools.site.serve import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"

_OFF = (
    # Pages of the address bar's own: a second of the processor's time for each window.
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup",
    # What Playwright switches off; the last list that Chromium is given takes the place of others.
    "AimEnabled", "AutoDeElevate", "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync", "BlockOriginHeaderModificationOnRedirect",
    "DestroyProfileOnBrowserClose", "DialMediaRouteProvider", "GlobalMediaControls",
    "HttpsUpgrades", "LensOverlay", "MediaRouter", "NetworkTimeServiceQuerying",
    "OptimizationHints", "PaintHolding", "ThirdPartyStoragePartitioning", "Translate",
)  # fmt: skip
ARGUMENTS = [
    "--disable-background-networking",  # these three: else it calls home all the time
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(_OFF)}",
    *(["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []),
]


def find() -> str:
    """Give the path of a browser, installing one if there is none. Raises BuildError."""
    if named := os.environ.get("CHROMIUM"):
        if not shutil.which(named):
            raise BuildError(f"$CHROMIUM is {named}, which can't be run.")
        return named
    found = _on_machine() or _playwrights()
    if not found:
        say("Installing Chromium for the browser tests ...")
        found = _install()
    return found


@contextmanager
def visiting(site: Path) -> Iterator[tuple[Browser, str]]:
    """Serve a site and open a browser; give it, and the site's address. Raises BuildError."""
    from playwright.sync_api import sync_playwright

    with serving(site) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=ARGUMENTS)
        yield browser, address
        browser.close()


def _on_machine() -> str | None:
    return next(filter(None, map(shutil.which, (*NAMES, MAC))), None)


def _playwrights() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def _install() -> str:
    attempts = [[[sys.executable, "-m", "playwright", "install", "--with-deps", "chromium"]]]
    if can_install():
        attempts.append([["apt-get", "update"], ["apt-get", "install", "--yes", "chromium"]])
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    reasons = []
    for commands in attempts:
        try:
            for command in commands:
                run(f"`{Path(command[0]).name} {command[-1]}`", command, env=environment)
        except BuildError as error:
            reasons.append(str(error))
        if found := _on_machine() or _playwrights():
            return found
    raise BuildError(
        "the browser tests need Chromium, and it could not be installed: install it (Debian: "
        f"`sudo apt-get install chromium`) or set $CHROMIUM to one. {' '.join(reasons)}"
    )
