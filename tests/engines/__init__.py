"""Chromium, Firefox and WebKit, driven in one way: Selenium's WebDriver."""

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
"""By the names in tools/env/engines.py."""
