"""Take screenshots of the page in each of its states, among them the README's."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from tools.cache import SCRATCH
from tools.console import say
from tools.env.venv import ROOT
from tools.site import bundle
from tools.visits import states
from tools.visits.browser import open_site

if TYPE_CHECKING:
    from pathlib import Path

VIEWS = {"desktop": (1280, 800), "phone": (390, 844)}
SCHEMES = ("light", "dark")
LANGUAGES = {"en": "en-US", "zh": "zh-CN"}
README = "number", "en"
"""The state and the language of the README's screenshots."""


def command() -> None:
    """Take screenshots of the app into .build/screenshots/, and the README's into docs/."""
    bundle.bundle(bundle.WEB, bundle.MODEL)
    folder = SCRATCH / "screenshots"
    take(bundle.WEB, folder, ROOT / "docs")
    say(f"The screenshots are in {folder}.")


def take(site: Path, folder: Path, docs: Path) -> None:
    """Take screenshots in each state, window size, colour scheme and language.

    Args:
        site: the folder of the built site.
        folder: the folder for all screenshots, which are named STATE-SIZE-SCHEME-LANGUAGE.png.
        docs: the folder for the README's screenshots, which are named SIZE-SCHEME.png.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with open_site(site) as (browser, address):
        for size, scheme, language in product(VIEWS, SCHEMES, LANGUAGES):
            width, height = VIEWS[size]
            options = {
                "viewport": {"width": width, "height": height},
                "color_scheme": scheme,
                "locale": LANGUAGES[language],
            }
            for state, page in states.visit(browser, address, **options):
                file = folder / f"{state}-{size}-{scheme}-{language}.png"
                page.screenshot(path=file, animations="disabled", full_page=True)
                if (state, language) == README:
                    page.screenshot(path=docs / f"{size}-{scheme}.png", animations="disabled")
