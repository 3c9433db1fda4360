"""Find and start a browser: Chromium, Chrome or Edge."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from offline_onnx_page.errors import SiteError

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from playwright.sync_api import Browser

_NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "microsoft-edge-stable",
    "msedge",
)
"""The names that browsers' programs have on the search path."""
_MACOS = ("Google Chrome", "Chromium", "Microsoft Edge")
_WINDOWS = (r"Google\Chrome\Application\chrome.exe", r"Microsoft\Edge\Application\msedge.exe")
_WINDOWS_FOLDERS = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
_INSTALL = (
    "install Chromium, Chrome or Edge; or name one with --browser PATH; or run "
    "`playwright install chromium`"
)


def find_browser() -> str:
    """Return the path of the first browser that is installed in a usual place; "" if none is."""
    on_path = filter(None, map(shutil.which, _NAMES))
    places = [Path(f"/Applications/{name}.app/Contents/MacOS/{name}") for name in _MACOS]
    folders = [folder for name in _WINDOWS_FOLDERS if (folder := os.environ.get(name))]
    places += [Path(folder, name) for name in _WINDOWS for folder in folders]
    return next(on_path, "") or next((str(each) for each in places if each.is_file()), "")


@contextmanager
def open_browser(path: str | None = None, arguments: Sequence[str] = ()) -> Generator[Browser]:
    """Start a browser without a window; close it afterwards.

    Args:
        path: the browser's path; None for the first that is found, or else Playwright's Chromium.
        arguments: further arguments of the browser's command line.

    Raises:
        SiteError: Playwright or a browser is missing, or the browser can't start.

    """
    if not find_spec("playwright"):
        raise SiteError(
            "a browser can't be driven without the package playwright: "
            'pip install "offline-onnx[browser]"'
        )
    from playwright.sync_api import Error, sync_playwright

    if path and not Path(path).is_file():
        raise SiteError(f"{path} is not a browser: name its program, --browser PATH.")
    program = path or find_browser() or None
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=program, args=list(arguments))
        except Error as error:
            first = error.message.strip().splitlines()[0]
            what = f"{program} can't start ({first})" if program else "no browser was found"
            raise SiteError(f"{what}: {_INSTALL}") from error
        try:
            yield browser
        finally:
            browser.close()
