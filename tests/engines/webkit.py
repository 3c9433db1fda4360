"""WebKit, driven by WebKitWebDriver, which starts the program `webkit_browser`."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from selenium import webdriver
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

from tests.engines.tab import Point, Tab
from tools.env import engines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from selenium.webdriver.remote.webdriver import WebDriver


class TouchTab(Tab):
    """A tab that sends touch strokes to `webkit_browser` through a FIFO.

    This goes around WebKitWebDriver, which would send mouse events instead of touch events.
    """

    def __init__(self, driver: WebDriver, touch_fifo: Path) -> None:
        super().__init__(driver)
        self._touch_fifo = touch_fifo

    def drag(self, points: Sequence[Point], pointer: str) -> None:
        """Press a pointer at the first point, move it through the others, and release it."""
        if pointer != "touch":
            super().drag(points, pointer)
            return
        with self._touch_fifo.open("w", encoding="utf-8") as fifo:
            fifo.write(json.dumps(points) + "\n")


class WebKit:
    """A WebKit browser: a running `webkit_browser`."""

    def __init__(self, profile: Path, *, private: bool, optimise: bool) -> None:
        self._requests = profile.with_suffix(".requests")
        self._requests.write_text("")
        touch_fifo = profile.with_suffix(".touches")
        touch_fifo.unlink(missing_ok=True)
        os.mkfifo(touch_fifo)
        options = Options()
        options.binary_location = str(Path(__file__).with_name("webkit_browser.py"))
        options.add_argument(f"--requests={self._requests}")
        options.add_argument(f"--touches={touch_fifo}")
        if not private:
            options.add_argument(f"--profile={profile}")
        if not optimise:
            options.add_argument("--no-optimisation")
        service = Service(engines.find_program("WebKitWebDriver"))
        self._driver = webdriver.WebKitGTK(options, service=service)
        self.tab = TouchTab(self._driver, touch_fifo)

    def requests(self) -> list[str]:
        """Return all addresses that pages and their workers have requested, in order."""
        return self._requests.read_text("utf-8").splitlines()

    def close(self) -> None:
        """Quit the browser normally, so that it writes its profile to the disk."""
        self._driver.quit()
