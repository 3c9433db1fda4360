"""WebKit, driven by WebKitWebDriver, in the browser of `webkit_browser`."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from selenium import webdriver
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

from tests.engines.tab import Place, Tab
from tools.env import engines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from selenium.webdriver.remote.webdriver import WebDriver


class TouchedTab(Tab):
    """A tab in which the browser itself moves a finger: its driver sends a mouse instead."""

    def __init__(self, driver: WebDriver, touches: Path) -> None:
        super().__init__(driver)
        self._touches = touches

    def drag(self, places: Sequence[Place], pointer: str) -> None:
        """Press a pointer, move it and lift it; places are in pixels of the page."""
        if pointer != "touch":
            super().drag(places, pointer)
            return
        with self._touches.open("w", encoding="utf-8") as fifo:
            fifo.write(json.dumps(places) + "\n")


class WebKit:
    def __init__(self, profile: Path, *, private: bool) -> None:
        self._requests = profile.with_suffix(".requests")
        self._requests.write_text("")
        touches = profile.with_suffix(".touches")
        touches.unlink(missing_ok=True)
        os.mkfifo(touches)
        options = Options()
        options.binary_location = str(Path(__file__).with_name("webkit_browser.py"))
        options.add_argument(f"--requests={self._requests}")
        options.add_argument(f"--touches={touches}")
        if not private:
            options.add_argument(f"--profile={profile}")
        service = Service(engines.find_program("WebKitWebDriver"))
        self._driver = webdriver.WebKitGTK(options, service=service)
        self.tab = TouchedTab(self._driver, touches)

    def requests(self) -> list[str]:
        return self._requests.read_text("utf-8").splitlines()

    def close(self) -> None:
        self._driver.quit()
