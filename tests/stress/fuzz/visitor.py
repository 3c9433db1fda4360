"""A visitor whose page is handed hostile files: one page for all of them, unless one breaks it."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from digits.words import TABLE
from tests.stress.fuzz import scripts
from tests.stress.fuzz.case import FILE

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.stress.fuzz.case import Case

LIMIT = 5.0
"""Seconds after which a file has to have had an outcome."""
WAITING = TABLE["en"]["model_fetching"]
NO_WORKER = "delete Navigator.prototype.serviceWorker"
NUMBER = "1"
PROBE = Path(__file__).with_name("probe.py")


class Visitor:
    """Opens the app's page at an address. files: a folder of the site, for hostile files."""

    def __init__(self, browser: Browser, address: str, files: Path) -> None:
        self._browser, self._address, self._files = browser, address, files
        self._numbers = itertools.count()
        self.errors: list[str] = []
        self._begin()

    def begin_again(self) -> None:
        """Come as somebody else: what the last one has kept may be broken."""
        self.close()
        self.errors.clear()
        self._begin()

    def _begin(self) -> None:
        self._context = self._browser.new_context(
            locale="en-US", viewport={"width": 1280, "height": 1200}
        )
        self._context.add_init_script(NO_WORKER)
        self._page = self._context.new_page()
        self._page.on("pageerror", lambda error: self.errors.append(str(error)))
        self._page.on("crash", lambda _: self.errors.append("the page crashed"))
        self._page.set_default_timeout(90_000)
        self._page.goto(self._address)
        self._page.locator("#start").wait_for(state="hidden")
        self._page.locator("#model > summary").click()
        expect(self._page.locator("#model-facts dd").first).to_be_visible()
        self._page.evaluate(scripts.PREPARE, PROBE.read_text("utf-8"))
        box = self._page.locator("#sheet").bounding_box()
        assert box
        self._sheet = box["x"], box["y"], box["width"]
        self.honest = self.state()

    def close(self) -> None:
        """Leave."""
        self._context.close()

    def give(self, case: Case) -> dict[str, Any]:
        """Hand a case to the page and to the library; tell what came of it, see scripts.GIVE."""
        folder = self._files / str(next(self._numbers))  # a cache can't have seen it
        folder.mkdir()
        (folder / FILE).write_bytes(case.model)
        (folder / "model.json").write_bytes(case.manifest)
        address = f"{self._address}{self._files.name}/{folder.name}/"
        return dict(self._page.evaluate(scripts.GIVE, [address, 1000 * LIMIT, WAITING]))

    def go_back(self) -> None:
        """Read with the page's own model again."""
        self._page.locator("#model-use").click()
        expect(self._page.locator("#model")).to_have_attribute("aria-busy", "false")

    def state(self) -> dict[str, Any]:
        """Draw a 1; tell what the page reads, and all that must be as it was: scripts.STATE."""
        self._page.evaluate(scripts.CLEAR)
        self._draw_line()
        return dict(self._page.evaluate(scripts.STATE, NUMBER))

    def answers(self) -> None:
        """Draw with a model that was taken: it reads, or the page says why not."""
        self._draw_line()
        answer = self._page.locator("#digit:not(:empty), #failure:visible").first
        expect(answer).to_be_visible(timeout=1000 * LIMIT)

    def _draw_line(self) -> None:
        """Draw a line from top to bottom, in as few steps as there are."""
        mouse, (x, y, side) = self._page.mouse, self._sheet
        mouse.move(x + 0.5 * side, y + 0.2 * side)
        mouse.down()
        mouse.move(x + 0.5 * side, y + 0.8 * side)
        mouse.up()
