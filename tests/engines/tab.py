"""What a person does and sees in a tab, the same for every engine."""

from __future__ import annotations

from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any

from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.command import Command
from selenium.webdriver.support.wait import WebDriverWait

from tests.support.waiting import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from selenium.webdriver.remote.webdriver import WebDriver

CALL = """const done = arguments[arguments.length - 1];
(async (...args) => { %s })(...Array.from(arguments).slice(0, -1))
  .then((value) => done({value}), (error) => done({error: String(error)}));"""
BOX = """const element = document.querySelector(args[0]);
element.scrollIntoView({block: "center", behavior: "instant"});
const {x, y, width, height} = element.getBoundingClientRect();
return [x, y, width, height];"""

TEXT = """const element = document.querySelector(args[0]);
return element.checkVisibility() ? element.innerText : "";"""

Stroke = list[tuple[float, float]]
Place = tuple[int, int]


class Tab:
    """The tab in front."""

    def __init__(self, driver: WebDriver) -> None:
        self._driver = driver
        driver.set_script_timeout(PATIENCE)

    def open(self, address: str) -> None:
        self._driver.get(address)

    def another(self) -> None:
        """Open a new tab and switch to it."""
        self._before = self._driver.current_window_handle
        self._driver.switch_to.new_window("tab")

    def close(self) -> None:
        """Close the tab and switch back to the previous one."""
        self._driver.close()
        self._driver.switch_to.window(self._before)

    def reload(self) -> None:
        """Reload the page from a script: Firefox's own driver would bypass all caches."""
        self.until_replaced(lambda: self.run("setTimeout(() => location.reload())"))

    def until_replaced(self, act: Callable[[], object]) -> None:
        """Call `act`, which makes the page load again, and wait for the new page."""
        self.run("window.old = true")
        act()
        unloading = (WebDriverException, RuntimeError)  # of a page being replaced
        wait = WebDriverWait(
            self._driver, PATIENCE, poll_frequency=0.05, ignored_exceptions=unloading
        )
        wait.until(lambda _: self.run("return !window.old"), "the page did not load again")

    def run(self, script: str, *args: object) -> Any:
        """Run the body of an async function of `args` in the page; return its value."""
        outcome = self._driver.execute_async_script(CALL % script, *args)
        if outcome is None:  # Firefox's answer then
            raise RuntimeError("the page was replaced meanwhile")
        if "error" in outcome:
            raise RuntimeError(outcome["error"])
        return outcome.get("value")

    def text(self, selector: str) -> str:
        """Return an element's text, "" if it is hidden."""
        return str(self.run(TEXT, selector)).strip()

    def click(self, selector: str) -> None:
        self._driver.find_element(By.CSS_SELECTOR, selector).click()

    def choose(self, selector: str, file: Path) -> None:
        """Choose a file in a file input."""
        self._driver.find_element(By.CSS_SELECTOR, selector).send_keys(str(file))

    def draw(self, selector: str, strokes: Iterable[Stroke], pointer: str = "mouse") -> None:
        """Draw strokes, in fractions of an element's width and height, by "mouse" or by "touch"."""
        x, y, width, height = self.run(BOX, selector)
        for stroke in strokes:
            points = [(round(x + a * width), round(y + b * height)) for a, b in stroke]
            between = [
                [((a + c) // 2, (b + d) // 2), (c, d)] for (a, b), (c, d) in pairwise(points)
            ]
            self.drag([points[0], *chain.from_iterable(between)], pointer)

    def expect(self, read: Callable[[], object], wanted: object) -> None:
        """Wait until `read()` returns what is wanted."""
        found = None

        def is_so(_: object) -> bool:
            nonlocal found
            found = read()
            return found == wanted

        WebDriverWait(self._driver, PATIENCE, poll_frequency=0.05).until(
            is_so, f"{wanted!r} did not come"
        )

    def expect_text(self, selector: str, words: str) -> None:
        """Wait until an element's text contains these words."""
        wait = WebDriverWait(self._driver, PATIENCE, poll_frequency=0.05)
        wait.until(lambda _: words in self.text(selector), f"{selector} never said {words!r}")

    def expect_shown(self, selector: str, *, shown: bool = True) -> None:
        """Wait until an element is shown, or hidden."""
        script = "return document.querySelector(args[0]).checkVisibility()"
        self.expect(lambda: self.run(script, selector), shown)

    def drag(self, places: Sequence[Place], pointer: str) -> None:
        """Press a pointer, move it and lift it; places are in pixels of the page."""
        (x, y), *rest = places
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
