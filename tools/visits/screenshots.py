"""Pictures of the real page: of each of its states, and those of the README among them."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from tools.env import chromium
from tools.visits import states

if TYPE_CHECKING:
    from pathlib import Path

VIEWS = {"desktop": (1280, 800), "phone": (390, 844)}
SCHEMES = ("light", "dark")
LANGUAGES = {"en": "en-US", "zh": "zh-CN"}
README = "number", "en"
"""The state and the language of the README's pictures."""


def take(site: Path, folder: Path, docs: Path) -> None:
    """Save folder/STATE-SIZE-SCHEME-LANGUAGE.png of all states, and docs/SIZE-SCHEME.png."""
    folder.mkdir(parents=True, exist_ok=True)
    with chromium.visiting(site) as (browser, address):
        for size, scheme, language in product(VIEWS, SCHEMES, LANGUAGES):
            width, height = VIEWS[size]
            look = {
                "viewport": {"width": width, "height": height},
                "color_scheme": scheme,
                "locale": LANGUAGES[language],
            }
            for state, page in states.visit(browser, address, **look):
                file = folder / f"{state}-{size}-{scheme}-{language}.png"
                page.screenshot(path=file, animations="disabled", full_page=True)
                if (state, language) == README:
                    page.screenshot(path=docs / f"{size}-{scheme}.png", animations="disabled")
