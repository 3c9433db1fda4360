"""Take screenshots of the page in each of its states and windows, among them the README's."""

from __future__ import annotations

import base64
from itertools import product
from typing import TYPE_CHECKING

from tools.cache import SCRATCH
from tools.console import say
from tools.env.venv import ROOT
from tools.site import bundle
from tools.visits import states, windows
from tools.visits.browser import open_site

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

VIEWS = {"desktop": (1280, 800), "phone": (390, 844)}
"""The width and height of the window in CSS pixels, by the name of the view."""
SCHEMES = ("light", "dark")
LANGUAGES = {"en": "en-US", "zh": "zh-CN"}
"""The browser's locale for each language."""
README_SCREENSHOTS = "number", "en"
"""The state and the language of the README's screenshots."""


def command() -> None:
    """Take screenshots of the app into .build/screenshots/, and the README's into docs/."""
    bundle.bundle(bundle.WEB, bundle.MODEL)
    folder = SCRATCH / "screenshots"
    take(bundle.WEB, folder, ROOT / "docs")
    say(f"The screenshots are in {folder}.")


def take(site: Path, folder: Path, docs: Path) -> None:
    """Take screenshots in each state, view, colour scheme and language, and in each window.

    Args:
        site: the folder of the built site.
        folder: the folder for all screenshots, which are named STATE-VIEW-SCHEME-LANGUAGE.png,
            and windows/WIDTHxHEIGHT-zoomZOOM-textSIZE.png.
        docs: the folder for the README's screenshots, which are named VIEW-SCHEME.png.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with open_site(site) as (browser, address):
        for view, scheme, language in product(VIEWS, SCHEMES, LANGUAGES):
            width, height = VIEWS[view]
            options = {
                "viewport": {"width": width, "height": height},
                "color_scheme": scheme,
                "locale": LANGUAGES[language],
            }
            for state, page in states.visit(browser, address, **options):
                file = folder / f"{state}-{view}-{scheme}-{language}.png"
                page.screenshot(path=file, animations="disabled", full_page=True)
                if (state, language) == README_SCREENSHOTS:
                    page.screenshot(path=docs / f"{view}-{scheme}.png", animations="disabled")
        take_windows(browser, address, folder / "windows")


def take_windows(browser: Browser, address: str, folder: Path) -> None:
    """Take a screenshot of a number in each width, orientation, zoom and text size.

    A screenshot shows the whole page. With large text, it shows only the part of the page that is
    in the window, because Chromium forgets the text size when it captures more.
    """
    folder.mkdir(exist_ok=True)
    page = browser.new_page(locale=LANGUAGES["en"])
    states.open_page(page, address)
    states.number(page)
    devtools = page.context.new_cdp_session(page)
    for window in windows.all_windows():
        windows.resize(devtools, window)
        options: dict[str, object] = {}
        if window.text == 1:
            height = page.evaluate("document.documentElement.scrollHeight")
            clip = {"x": 0, "y": 0, "width": window.width, "height": height, "scale": 1}
            options = {"captureBeyondViewport": True, "clip": clip}
        shot = devtools.send("Page.captureScreenshot", options)
        (folder / f"{window.name}.png").write_bytes(base64.b64decode(shot["data"]))
    page.context.close()
