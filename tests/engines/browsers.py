"""Starts a browser of each engine, with a profile that it keeps or in a private window."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from selenium import webdriver
from selenium.webdriver.chrome.service import Service as ChromeService
from selenium.webdriver.common.options import ArgOptions
from selenium.webdriver.remote.command import Command
from selenium.webdriver.remote.file_detector import UselessFileDetector
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.webkitgtk.options import Options as WebKitOptions
from selenium.webdriver.webkitgtk.service import Service as WebKitService

from tests.engines.marionette import Marionette
from tests.engines.tab import Place, Tab
from tools import chromium, engines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SIZE = (1280, 800)
FIREFOX = {
    "browser.privatebrowsing.autostart": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "dom.w3c_touch_events.enabled": 1,
    "toolkit.telemetry.reportingpolicy.firstRun": False,
}
RECORD = """const [done] = arguments;
window.asked = [];
Services.obs.addObserver((channel) => {
  const {loadInfo, URI} = channel.QueryInterface(Ci.nsIHttpChannel);
  if (!loadInfo.loadingPrincipal?.isSystemPrincipal) window.asked.push(URI.spec);
}, "http-on-opening-request");
done();"""
"""Notes in Firefox itself what pages and workers ask for, not what it does of its own accord."""


class Browser(Protocol):
    """A running browser."""

    tab: Tab

    def requests(self) -> list[str]:
        """Give the addresses that pages and their workers have asked for until now."""
        ...

    def close(self) -> None: ...


class Chromium:
    def __init__(self, profile: Path, *, private: bool) -> None:
        options = webdriver.ChromeOptions()
        options.binary_location = chromium.find()
        arguments = [*chromium.ARGUMENTS, "--headless", f"--user-data-dir={profile}"]
        for argument in (*arguments, f"--window-size={SIZE[0]},{SIZE[1]}"):
            options.add_argument(argument)
        if private:
            options.add_argument("--incognito")
        options.set_capability("goog:loggingPrefs", {"performance": "ALL"})
        self._requests: list[str] = []
        self._driver = webdriver.Chrome(options, ChromeService(engines.path_of("chromedriver")))
        self.tab = Tab(self._driver)

    def requests(self) -> list[str]:
        for line in self._driver.get_log("performance"):  # which gives each line once
            event = json.loads(line["message"])["message"]
            if event["method"] == "Network.requestWillBeSent":
                self._requests.append(event["params"]["request"]["url"])
        return self._requests

    def close(self) -> None:
        self._driver.quit()


class Firefox:
    def __init__(self, profile: Path, *, private: bool) -> None:
        port = free_port()
        wanted = {
            **FIREFOX,
            "browser.privatebrowsing.autostart": private,
            "marionette.port": port,
        }
        lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in wanted.items()]
        profile.mkdir(exist_ok=True)
        (profile / "user.js").write_text("\n".join(lines), "utf-8")
        self._process = subprocess.Popen(
            [
                *(engines.path_of("firefox-esr", "firefox"), "--headless", "--marionette"),
                *("--remote-allow-system-access", "--no-remote", "--profile", str(profile)),
                *("--width", str(SIZE[0]), "--height", str(SIZE[1])),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        detector = UselessFileDetector()  # else a file's path is sent as the file
        self._driver = WebDriver(connected(port), options=FirefoxOptions(), file_detector=detector)
        self._inside(RECORD)
        self.tab = Tab(self._driver)

    def requests(self) -> list[str]:
        script = "const [done] = arguments; done(window.asked);"
        return [str(address) for address in self._inside(script)]

    def close(self) -> None:
        self._driver.quit()
        self._process.wait(60)

    def _inside(self, script: str) -> list[object]:
        self._driver.execute(Command.SWITCH_TO_CONTEXT, {"value": "chrome"})
        value = self._driver.execute_async_script(script)
        self._driver.execute(Command.SWITCH_TO_CONTEXT, {"value": "content"})
        return list(value or ())


class FirefoxOptions(ArgOptions):
    """What is asked of a Firefox that runs already: nothing."""

    @property
    def default_capabilities(self) -> dict[str, str]:
        return {}


class TouchedTab(Tab):
    """A tab whose driver makes a mouse of a finger: the browser itself moves it."""

    def __init__(self, driver: WebDriver, touches: Path) -> None:
        super().__init__(driver)
        self._touches = touches

    def drag(self, places: Sequence[Place], pointer: str) -> None:
        """Press, move and lift a pointer, in the page's pixels."""
        if pointer != "touch":
            super().drag(places, pointer)
            return
        with self._touches.open("w", encoding="utf-8") as fifo:
            fifo.write(json.dumps(places) + "\n")


class WebKit:
    def __init__(self, profile: Path, *, private: bool) -> None:
        profile.mkdir(exist_ok=True)
        self._requests = profile / "requests.txt"
        self._requests.write_text("")
        options = WebKitOptions()
        options.binary_location = str(Path(__file__).with_name("webkit_browser.py"))
        options.add_argument(f"--requests={self._requests}")
        touches = profile.with_suffix(".touches")  # not inside: a profile is copied
        touches.unlink(missing_ok=True)
        os.mkfifo(touches)
        options.add_argument(f"--touches={touches}")
        if not private:
            options.add_argument(f"--profile={profile}")
        driver = engines.path_of("WebKitWebDriver")
        self._driver = webdriver.WebKitGTK(options, service=WebKitService(driver))
        self.tab = TouchedTab(self._driver, touches)

    def requests(self) -> list[str]:
        return self._requests.read_text("utf-8").splitlines()

    def close(self) -> None:
        self._driver.quit()


BROWSERS: dict[str, Callable[..., Browser]] = {
    "chromium": Chromium,
    "firefox": Firefox,
    "webkit": WebKit,
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def connected(port: int) -> Marionette:
    """Connect to a Firefox that is starting."""
    end = time.monotonic() + 60
    while True:
        with suppress(ConnectionRefusedError):
            return Marionette(port)
        if time.monotonic() > end:
            raise TimeoutError("Firefox has not started to listen within a minute")
