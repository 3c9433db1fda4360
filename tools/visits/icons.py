"""The icons as images of pixels, for those systems that take no SVG."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.env import chromium

if TYPE_CHECKING:
    from pathlib import Path

ICONS = (("any", 512), ("maskable", 192), ("maskable", 512))
"""Of each its purpose and its side. A maskable one has no corners: each system cuts its own."""
ROUND, SQUARE = 'rx="14"', 'rx="0"'
FILL = "<style>* { margin: 0; } svg { display: block; width: 100vw; height: 100vh; }</style>"


def draw(site: Path) -> None:
    """Draw the site's icon.svg into icons/PURPOSE-SIDE.png."""
    icon = (site / "icon.svg").read_text("utf-8")
    (site / "icons").mkdir(exist_ok=True)
    with chromium.visiting(site) as (browser, _):
        for purpose, side in ICONS:
            page = browser.new_page(viewport={"width": side, "height": side})
            page.set_content(
                FILL + (icon.replace(ROUND, SQUARE) if purpose == "maskable" else icon)
            )
            path = site / "icons" / f"{purpose}-{side}.png"
            page.screenshot(path=path, omit_background=True)
            page.close()
