"""Render the icon as PNG images, for systems that don't support SVG icons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.site.bundle import WEB
from tools.visits.browser import open_site

if TYPE_CHECKING:
    from pathlib import Path

ICONS = (("any", 512), ("maskable", 192), ("maskable", 512))
"""The purpose and the side in pixels of each image. Maskable icons have no round corners, because
each system cuts them into its own shape."""
_ROUND, _SQUARE = 'rx="14"', 'rx="0"'
_STYLE = "<style>* { margin: 0; } svg { display: block; width: 100vw; height: 100vh; }</style>"


def command() -> None:
    """Render the icons of web/."""
    draw(WEB)


def draw(site: Path) -> None:
    """Render the site's icon.svg to icons/PURPOSE-SIDE.png."""
    icon = (site / "icon.svg").read_text("utf-8")
    (site / "icons").mkdir(exist_ok=True)
    with open_site(site) as (browser, _):
        for purpose, side in ICONS:
            page = browser.new_page(viewport={"width": side, "height": side})
            drawn = icon.replace(_ROUND, _SQUARE) if purpose == "maskable" else icon
            page.set_content(_STYLE + drawn)
            path = site / "icons" / f"{purpose}-{side}.png"
            page.screenshot(path=path, omit_background=True)
            page.close()
