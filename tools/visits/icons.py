"""Render the icon as PNG images, and the picture that other sites show with a link to the page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tools.site.bundle import TEXTS, WEB
from tools.site.page import PREVIEW
from tools.visits.browser import open_site
from tools.visits.pen import NUMBER, STROKES

if TYPE_CHECKING:
    from pathlib import Path

ICONS = (("any", 512), ("maskable", 192), ("maskable", 512))
"""The purpose and the side in pixels of each image. Icons for the purpose "maskable" have no round
corners, because each operating system cuts them into its own shape."""
_ROUND_CORNERS, _SQUARE_CORNERS = 'rx="14"', 'rx="0"'
_STYLE = "<style>* { margin: 0; } svg { display: block; width: 100vw; height: 100vh; }</style>"
PREVIEW_SIZE = (1200, 630)
"""Width and height of the preview in pixels. Most sites show previews in this shape."""
_PREVIEW_HTML = """<style>
body {
  display: grid; grid: auto auto 1fr / auto 1fr; column-gap: 64px; box-sizing: border-box;
  height: 100vh; margin: 0; padding: 65px; color: #1b2b44; background: #f3efe7;
  font: 34px/1.4 system-ui, sans-serif;
}
svg { grid-row: span 3; width: 500px; height: 500px; background: #fffdf8; border-radius: 24px; }
path { fill: none; stroke: #1b2b44; stroke-width: 0.05; }
path { stroke-linecap: round; stroke-linejoin: round; }
h1 { margin: 0; font-size: 72px; line-height: 1.1; letter-spacing: -0.015em; }
p { margin: 24px 0 0; color: #5d6470; }
b { align-self: end; color: #1f5fa8; font-size: 150px; line-height: 1; }
</style>"""


def command() -> None:
    """Render the icons and the preview of web/."""
    draw(WEB)


def draw(site: Path) -> None:
    """Render the site's icon.svg to icons/PURPOSE-SIDE.png, and the preview of the page."""
    icon = (site / "icon.svg").read_text("utf-8")
    (site / "icons").mkdir(exist_ok=True)
    with open_site(site) as (browser, _):
        for purpose, side in ICONS:
            page = browser.new_page(viewport={"width": side, "height": side})
            is_maskable = purpose == "maskable"
            drawn = icon.replace(_ROUND_CORNERS, _SQUARE_CORNERS) if is_maskable else icon
            page.set_content(_STYLE + drawn)
            path = site / "icons" / f"{purpose}-{side}.png"
            page.screenshot(path=path, omit_background=True)
            page.close()
        width, height = PREVIEW_SIZE
        page = browser.new_page(viewport={"width": width, "height": height})
        page.set_content(preview_html())
        page.screenshot(path=site / PREVIEW)


def preview_html() -> str:
    """Return a page that shows a drawn number beside the name of the app and its description."""
    lines = ("M" + "L".join(f"{x} {y}" for x, y in stroke) for stroke in STROKES)
    words = json.loads(TEXTS.read_text("utf-8"))["en"]
    return (
        f'{_PREVIEW_HTML}<svg viewBox="0 0 1 1"><path d="{"".join(lines)}"/></svg>'
        f"<h1>{words['name']}</h1><p>{words['tagline']}</p><b>{NUMBER}</b>"
    )
