"""Firefox, driven over its own Marionette protocol."""

from __future__ import annotations

import json
import subprocess
from contextlib import ExitStack
from typing import TYPE_CHECKING

from selenium.webdriver.common.options import ArgOptions
from selenium.webdriver.remote.command import Command
from selenium.webdriver.remote.file_detector import UselessFileDetector
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.wait import WebDriverWait

from tests.engines.browser import SIZE
from tests.engines.marionette import Marionette
from tests.engines.tab import Tab
from tests.support.waiting import PATIENCE
from tools.env import engines

if TYPE_CHECKING:
    from pathlib import Path

RECORD = """const [done] = arguments;
window.requested = [];
Services.obs.addObserver((channel) => {
  const {loadInfo, URI} = channel.QueryInterface(Ci.nsIHttpChannel);
  if (!loadInfo.loadingPrincipal?.isSystemPrincipal) window.requested.push(URI.spec);
}, "http-on-opening-request");
done();"""
"""Run inside Firefox: record what pages and workers request, not what Firefox does by itself."""
REQUESTED = "const [done] = arguments; done(window.requested);"


class NoOptions(ArgOptions):
    """No options: this Firefox runs already."""

    @property
    def default_capabilities(self) -> dict[str, str]:
        return {}


class Firefox:
    def __init__(self, profile: Path, *, private: bool) -> None:
        profile.mkdir(exist_ok=True)
        preferences = {
            "browser.privatebrowsing.autostart": private,
            "dom.w3c_touch_events.enabled": 1,
            "marionette.port": 0,
        }
        lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in preferences.items()]
        (profile / "user.js").write_text("\n".join(lines), "utf-8")
        port_file = profile / "MarionetteActivePort"
        port_file.unlink(missing_ok=True)  # an earlier start's
        self._process = subprocess.Popen(
            [
                *(engines.find_program("firefox-esr", "firefox"), "--headless", "--marionette"),
                *("--remote-allow-system-access", "--no-remote", "--profile", str(profile)),
                *("--width", str(SIZE[0]), "--height", str(SIZE[1])),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        with ExitStack() as undo:
            undo.enter_context(self._process)
            undo.callback(self._process.kill)
            self._driver = WebDriver(
                Marionette(_port(port_file)),
                options=NoOptions(),
                file_detector=UselessFileDetector(),  # else a file's path is sent as the file
            )
            self._inside(RECORD)
            undo.pop_all()
        self.tab = Tab(self._driver)

    def requests(self) -> list[str]:
        return self._inside(REQUESTED)

    def close(self) -> None:
        self._driver.quit()
        self._process.wait(PATIENCE)

    def _inside(self, script: str) -> list[str]:
        """Run a script in Firefox itself, not in a page."""
        self._driver.execute(Command.SWITCH_TO_CONTEXT, {"value": "chrome"})
        value = self._driver.execute_async_script(script)
        self._driver.execute(Command.SWITCH_TO_CONTEXT, {"value": "content"})
        return [str(address) for address in value or ()]


def _port(port_file: Path) -> int:
    """Wait for the port that Firefox writes into a file when it listens."""
    unfinished = (FileNotFoundError, ValueError)
    wait = WebDriverWait(port_file, PATIENCE, poll_frequency=0.05, ignored_exceptions=unfinished)
    return wait.until(lambda file: int(file.read_text("utf-8")), "Firefox does not listen")
