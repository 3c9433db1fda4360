"""What a person does in a tab, and what they see there, in any engine."""

from __future__ import annotations

from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any

from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.command import Command
from selenium.webdriver.support.wait import WebDriverWait

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from selenium.webdriver.remote.webdriver import WebDriver

LIMIT = 60.0
"""Seconds to wait for what has to come."""

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
    """The tab that is in front."""

    def __init__(self, driver: WebDriver) -> None:
        self._driver = driver

    def open(self, address: str) -> None:
        self._driver.get(address)

    def another(self) -> None:
        """Go on in a new tab."""
        self._before = self._driver.current_window_handle
        self._driver.switch_to.new_window("tab")

    def close(self) -> None:
        """Close the tab and go back to the one before."""
        self._driver.close()
        self._driver.switch_to.window(self._before)

    def reload(self) -> None:
        """Load the page again as its own code would; Firefox's driver does it past all caches."""
        self.until_replaced(lambda: self.run("setTimeout(() => location.reload())"))

    def until_replaced(self, act: Callable[[], object]) -> None:
        """Do what makes the page load again, and wait until the new one is here."""
        self.run("window.old = true")
        act()
        going = (WebDriverException, RuntimeError)  # what a script meets in a page that goes away
        wait = WebDriverWait(self._driver, LIMIT, poll_frequency=0.05, ignored_exceptions=going)
        wait.until(lambda _: self.run("return !window.old"), "the page did not load again")

    def run(self, script: str, *args: object) -> Any:
        """Run the body of an async function of `args` in the page, and give its value."""
        told = self._driver.execute_async_script(CALL % script, *args)
        if told is None:  # so does Firefox answer
            raise RuntimeError("the page went away meanwhile")
        if "error" in told:
            raise RuntimeError(told["error"])
        return told.get("value")

    def text(self, selector: str) -> str:
        """Give what an element says, "" if it is hidden."""
        return str(self.run(TEXT, selector)).strip()

    def click(self, selector: str) -> None:
        self._driver.find_element(By.CSS_SELECTOR, selector).click()

    def choose(self, selector: str, file: Path) -> None:
        """Hand a file to an input."""
        self._driver.find_element(By.CSS_SELECTOR, selector).send_keys(str(file))

    def draw(self, selector: str, strokes: Iterable[Stroke], pointer: str = "mouse") -> None:
        """Draw strokes, in parts of an element's width and height, with a "mouse" or by "touch"."""
        x, y, width, height = self.run(BOX, selector)
        for stroke in strokes:
            points = [(round(x + a * width), round(y + b * height)) for a, b in stroke]
            between = [
                [((a + c) // 2, (b + d) // 2), (c, d)] for (a, b), (c, d) in pairwise(points)
            ]
            self.drag([points[0], *chain.from_iterable(between)], pointer)

    def expect(self, read: Callable[[], object], wanted: object) -> None:
        """Wait until what is read is as wanted."""
        found = None

        def is_so(_: object) -> bool:
            nonlocal found
            found = read()
            return found == wanted

        WebDriverWait(self._driver, LIMIT, poll_frequency=0.05).until(
            is_so, f"{wanted!r} did not come"
        )

    def expect_text(self, selector: str, words: str) -> None:
        """Wait until an element says such words, among others."""
        wait = WebDriverWait(self._driver, LIMIT, poll_frequency=0.05)
        wait.until(lambda _: words in self.text(selector), f"{selector} never said {words!r}")

    def expect_shown(self, selector: str, *, shown: bool = True) -> None:
        """Wait until an element is shown, or is not."""
        script = "return document.querySelector(args[0]).checkVisibility()"
        self.expect(lambda: self.run(script, selector), shown)

    def drag(self, places: Sequence[Place], pointer: str) -> None:
        """Press, move and lift a pointer, in the page's pixels."""
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
