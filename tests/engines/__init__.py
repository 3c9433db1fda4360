"""Chromium, Firefox and WebKit, all driven through Selenium's WebDriver client.

- `browser`: the interface that the browsers of all engines share
- `tab`: a browser tab in which tests click, draw and read texts
- `chromium`, `firefox`, `webkit`: one browser class for each engine
- `marionette`: sends WebDriver commands over Firefox's own protocol
- `webkit_browser`: the program with WebKit that WebKitWebDriver starts
- `display`: a virtual display for WebKit, which has no headless mode
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.engines.chromium import Chromium
from tests.engines.firefox import Firefox
from tests.engines.webkit import WebKit

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.engines.browser import Browser

BROWSERS: dict[str, Callable[..., Browser]] = {
    "chromium": Chromium,
    "firefox": Firefox,
    "webkit": WebKit,
}
"""The browser class of each engine, by the engine's key in tools/env/engines.py."""
