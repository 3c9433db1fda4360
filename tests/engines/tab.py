"""A browser tab in which tests click, draw, choose files and read texts, in any engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.command import Command
from selenium.webdriver.support.wait import WebDriverWait

from tests.support.time_limits import TIMEOUT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from selenium.webdriver.remote.webdriver import WebDriver

# Calls an async function with the body %s; passes an object with its value or its error to `done`.
CALL_ASYNC = """const done = arguments[arguments.length - 1];
(async (...args) => { %s })(...Array.from(arguments).slice(0, -1))
  .then((value) => done({value}), (error) => done({error: String(error)}));"""
# Scrolls an element into view; returns its position and size in pixels of the viewport.
GET_BOX = """const element = document.querySelector(args[0]);
element.scrollIntoView({block: "center", behavior: "instant"});
const {x, y, width, height} = element.getBoundingClientRect();
return [x, y, width, height];"""
# Returns the text of an element, or "" if it is hidden.
GET_TEXT = """const element = document.querySelector(args[0]);
return element.checkVisibility() ? element.innerText : "";"""

Stroke = list[tuple[float, float]]
Point = tuple[int, int]


class Tab:
    """The current tab of a browser."""

    def __init__(self, driver: WebDriver) -> None:
        self._driver = driver
        driver.set_script_timeout(TIMEOUT)

    def open(self, address: str) -> None:
        """Open an address and wait until the page is loaded."""
        self._driver.get(address)

    def reload(self) -> None:
        """Reload the page from a script: a reload by Firefox's driver bypasses all caches."""
        self.wait_for_reload(lambda: self.run("setTimeout(() => location.reload())"))

    def wait_for_reload(self, action: Callable[[], object]) -> None:
        """Call `action`, which makes the page reload, and wait for the new page."""
        self.run("window.isOldPage = true")
        action()
        # Scripts fail with these exceptions while the page is being replaced.
        unloading = (WebDriverException, RuntimeError)
        wait = WebDriverWait(
            self._driver, TIMEOUT, poll_frequency=0.05, ignored_exceptions=unloading
        )
        is_new_page = "return !window.isOldPage && document.readyState !== 'loading'"
        wait.until(lambda _: self.run(is_new_page), "the page has not been reloaded")

    def run(self, script: str, *args: object) -> Any:
        """Run JavaScript in the page; return its result.

        Args:
            script: the body of an async function.
            args: the values of the variable `args` in the script.
        """
        outcome = self._driver.execute_async_script(CALL_ASYNC % script, *args)
        if outcome is None:  # Firefox returns None if the page is replaced while a script runs
            raise RuntimeError("the page was replaced while the script was running")
        if "error" in outcome:
            raise RuntimeError(outcome["error"])
        return outcome.get("value")

    def text(self, selector: str) -> str:
        """Return the text of an element, or "" if the element is hidden."""
        return str(self.run(GET_TEXT, selector)).strip()

    def click(self, selector: str) -> None:
        """Click the element that a CSS selector matches."""
        self._driver.find_element(By.CSS_SELECTOR, selector).click()

    def press_together(self, *keys: str) -> None:
        """Press keys one after another, then release them, as for a keyboard shortcut."""
        actions = [{"type": kind, "value": key} for kind in ("keyDown", "keyUp") for key in keys]
        source = {"type": "key", "id": "keyboard", "actions": actions}
        self._driver.execute(Command.W3C_ACTIONS, {"actions": [source]})

    def choose_file(self, selector: str, file: Path) -> None:
        """Choose a file in a file input."""
        self._driver.find_element(By.CSS_SELECTOR, selector).send_keys(str(file))

    def draw(self, selector: str, strokes: Iterable[Stroke], pointer: str = "mouse") -> None:
        """Draw strokes on an element.

        Args:
            selector: the CSS selector of the element.
            strokes: lists of points, in fractions of the element's width and height.
            pointer: "mouse" or "touch".
        """
        x, y, width, height = self.run(GET_BOX, selector)
        for stroke in strokes:
            self.drag([(round(x + a * width), round(y + b * height)) for a, b in stroke], pointer)

    def expect(self, read: Callable[[], object], expected: object) -> None:
        """Wait until `read()` returns the expected value; fail after TIMEOUT seconds."""
        wait = WebDriverWait(self._driver, TIMEOUT, poll_frequency=0.05)
        wait.until(lambda _: read() == expected, f"the value has not become {expected!r}")

    def expect_text(self, selector: str, words: str) -> None:
        """Wait until the text of an element contains `words`."""
        wait = WebDriverWait(self._driver, TIMEOUT, poll_frequency=0.05)
        wait.until(lambda _: words in self.text(selector), f"{selector} does not show {words!r}")

    def expect_shown(self, selector: str, *, shown: bool = True) -> None:
        """Wait until an element is shown; with `shown=False`, until it is hidden."""
        script = "return document.querySelector(args[0]).checkVisibility()"
        self.expect(lambda: self.run(script, selector), shown)

    def drag(self, points: Sequence[Point], pointer: str) -> None:
        """Press a pointer at the first point, move it through the others, and release it.

        Args:
            points: points in pixels of the viewport.
            pointer: "mouse" or "touch".
        """
        (x, y), *rest = points
        source = {
            "type": "pointer",
            "id": pointer,
            "parameters": {"pointerType": pointer},
            "actions": [
                {"type": "pointerMove", "duration": 0, "x": x, "y": y},
                {"type": "pointerDown", "button": 0},
                *({"type": "pointerMove", "duration": 0, "x": x, "y": y} for x, y in rest),
                {"type": "pointerUp", "button": 0},
            ],
        }
        self._driver.execute(Command.W3C_ACTIONS, {"actions": [source]})
