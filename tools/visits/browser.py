"""Serve a site and open a browser."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from offline_onnx_page.serving.server import serve_in_background
from tools.env.engines import CHROMIUM_ARGUMENTS, find_chromium

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser


@contextmanager
def open_site(site: Path) -> Iterator[tuple[Browser, str]]:
    """Serve a site and open a browser; yield the browser and the site's address.

    Raises:
        BuildError: No browser is installed, and none could be installed.
    """
    with serve_in_background(site) as address, sync_playwright() as playwright:
        chromium = playwright.chromium
        browser = chromium.launch(executable_path=find_chromium(), args=CHROMIUM_ARGUMENTS)
        yield browser, address
        browser.close()
