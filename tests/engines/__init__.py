"""Chromium, Firefox and WebKit, all driven by Selenium's WebDriver.

- `browser`: what a browser of any engine can do
- `tab`: what a person does in a tab
- `chromium`, `firefox`, `webkit`: the engines
- `marionette`: the protocol of Firefox
- `webkit_browser`: a browser for WebKit's driver
- `display`: a display for WebKit
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
"""The class of each engine, by its name in tools/env/engines.py."""
