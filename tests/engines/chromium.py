"""Chromium, driven by chromedriver."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from tests.browser.support.optimisation import NO_OPTIMISATION
from tests.engines.browser import WINDOW_SIZE
from tests.engines.tab import Tab
from tools.env import engines

if TYPE_CHECKING:
    from pathlib import Path


class Chromium:
    """A headless Chromium."""

    def __init__(self, profile: Path, *, private: bool, optimise: bool) -> None:
        options = webdriver.ChromeOptions()
        options.binary_location = engines.find_chromium()
        for argument in (
            *engines.CHROMIUM_ARGUMENTS,
            "--headless",
            "--force-prefers-reduced-motion",  # see `Browser`
            f"--user-data-dir={profile}",
            f"--window-size={WINDOW_SIZE[0]},{WINDOW_SIZE[1]}",
            *(["--incognito"] if private else []),
            *([] if optimise else [NO_OPTIMISATION]),
        ):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"performance": "ALL"})
        self._requests: list[str] = []
        self._driver = webdriver.Chrome(options, Service(engines.find_program("chromedriver")))
        self.tab = Tab(self._driver)

    def requests(self) -> list[str]:
        """Return all addresses that pages and their workers have requested, in order."""
        for entry in self._driver.get_log("performance"):  # returns each log entry only once
            event = json.loads(entry["message"])["message"]
            if event["method"] == "Network.requestWillBeSent":
                self._requests.append(event["params"]["request"]["url"])
        return self._requests

    def close(self) -> None:
        """Quit the browser normally, so that it writes its profile to the disk."""
        self._driver.quit()
