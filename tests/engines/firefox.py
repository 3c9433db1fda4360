"""Firefox, driven over its own protocol, Marionette."""

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

from tests.engines.browser import WINDOW_SIZE
from tests.engines.marionette import Marionette
from tests.engines.tab import Tab
from tests.support.time_limits import TIMEOUT
from tools.env import engines

if TYPE_CHECKING:
    from pathlib import Path

RECORD_REQUESTS = """const [done] = arguments;
window.requested = [];
Services.obs.addObserver((channel) => {
  const {loadInfo, URI} = channel.QueryInterface(Ci.nsIHttpChannel);
  if (!loadInfo.loadingPrincipal?.isSystemPrincipal) window.requested.push(URI.spec);
}, "http-on-opening-request");
done();"""
"""JavaScript for Firefox's privileged context: record the requests of pages and workers, but not
those of Firefox itself."""
GET_REQUESTS = "const [done] = arguments; done(window.requested);"


class NoOptions(ArgOptions):
    """WebDriver options that don't say how to start a browser: this Firefox is already running."""

    @property
    def default_capabilities(self) -> dict[str, str]:
        return {}


class Firefox:
    """A headless Firefox."""

    def __init__(self, profile: Path, *, private: bool, optimise: bool) -> None:
        profile.mkdir(exist_ok=True)
        preferences = {
            "browser.privatebrowsing.autostart": private,
            "dom.w3c_touch_events.enabled": 1,
            "javascript.options.wasm_optimizingjit": optimise,
            "marionette.port": 0,
            "ui.prefersReducedMotion": 1,  # see `Browser`
        }
        lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in preferences.items()]
        (profile / "user.js").write_text("\n".join(lines), "utf-8")
        port_file = profile / "MarionetteActivePort"
        port_file.unlink(missing_ok=True)  # left by an earlier start
        self._process = subprocess.Popen(
            [
                *(engines.find_program("firefox-esr", "firefox"), "--headless", "--marionette"),
                *("--remote-allow-system-access", "--no-remote", "--profile", str(profile)),
                *("--width", str(WINDOW_SIZE[0]), "--height", str(WINDOW_SIZE[1])),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        with ExitStack() as cleanup:
            cleanup.enter_context(self._process)
            cleanup.callback(self._process.kill)
            self._driver = WebDriver(
                Marionette(_wait_for_port(port_file)),
                options=NoOptions(),
                file_detector=UselessFileDetector(),  # send the path of a file, not its content
            )
            self._run_in_browser(RECORD_REQUESTS)
            cleanup.pop_all()
        self.tab = Tab(self._driver)

    def requests(self) -> list[str]:
        """Return all addresses that pages and their workers have requested, in order."""
        return self._run_in_browser(GET_REQUESTS)

    def set_preference(self, name: str, value: bool) -> None:
        """Set a preference of Firefox."""
        arguments = f"{json.dumps(name)}, {json.dumps(value)}"
        self._run_in_browser(f"Services.prefs.setBoolPref({arguments}); arguments[0]([]);")

    def close(self) -> None:
        """Quit the browser normally, so that it writes its profile to the disk."""
        self._driver.quit()
        self._process.wait(TIMEOUT)

    def _run_in_browser(self, script: str) -> list[str]:
        """Run a script in Firefox's privileged context; return the addresses that it returns."""
        self._driver.execute(Command.SWITCH_TO_CONTEXT, {"value": "chrome"})
        value = self._driver.execute_async_script(script)
        self._driver.execute(Command.SWITCH_TO_CONTEXT, {"value": "content"})
        return [str(address) for address in value or ()]


def _wait_for_port(port_file: Path) -> int:
    """Wait until Firefox has written the port of Marionette into a file; return the port."""
    not_written = (FileNotFoundError, ValueError)
    wait = WebDriverWait(port_file, TIMEOUT, poll_frequency=0.05, ignored_exceptions=not_written)
    return wait.until(
        lambda file: int(file.read_text("utf-8")), "Firefox has not opened its Marionette port"
    )
