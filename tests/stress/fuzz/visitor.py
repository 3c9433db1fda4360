"""A visitor who hands hostile files to the page: one page for all files, unless one breaks it."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from digits.words import TABLE
from tests.stress.fuzz import scripts
from tests.stress.fuzz.case import FILE
from tests.stress.harness.visitor import Visitor

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page, Playwright

    from tests.stress.fuzz.case import Case

LIMIT = 5.0
"""Seconds within which a file has to have an outcome, on an idle machine."""
WAITING = TABLE["en"]["model_loading_runtime"]
NO_WORKER = "delete Navigator.prototype.serviceWorker"
NUMBER = "1"
PROBE = Path(__file__).with_name("probe.py")


class FuzzVisitor(Visitor):
    """Opens the app's page, without a service worker.

    Args:
        playwright: Playwright's synchronous API.
        executable: A Chromium.
        folder: An empty folder, for profiles.
        address: The site.
        files: A folder of the site, for hostile files.
        limit: Seconds within which a file has to have an outcome.

    Attributes:
        errors: Errors of the page since it was opened.
        honest: The page's state before the first file.
    """

    def __init__(
        self,
        playwright: Playwright,
        executable: str,
        folder: Path,
        address: str,
        files: Path,
        limit: float,
    ) -> None:
        self._folder, self._files, self.limit = folder, files, limit
        self._numbers = itertools.count()
        self.errors: list[str] = []
        view = {"width": 1280, "height": 1200}
        super().__init__(playwright, executable, self._new_profile(), address, viewport=view)
        self.honest = self.state()

    def begin_again(self) -> None:
        """Start with a new profile: a file may have broken what the last one stores."""
        self._profile = self._new_profile()
        self.restart()
        self.errors.clear()
        self.honest = self.state()

    def prepare_context(self, context: BrowserContext) -> None:
        """Leave the service worker out, and note errors of every page."""
        context.add_init_script(NO_WORKER)
        context.set_default_timeout(90_000)
        context.on("page", self._watch)

    def wait_until_ready(self, page: Page) -> None:
        """Wait until the page has started, and open its panel for models."""
        page.locator("#start").wait_for(state="hidden")
        page.locator("#model > summary").click()
        expect(page.locator("#model-facts dd").first).to_be_visible()
        page.evaluate(scripts.PREPARE, PROBE.read_text("utf-8"))

    def hand_over(self, case: Case) -> dict[str, Any]:
        """Hand a case to the page and to the library; return what scripts.HAND_OVER returns."""
        folder = self._files / str(next(self._numbers))  # new to every cache
        folder.mkdir()
        (folder / FILE).write_bytes(case.model)
        (folder / "model.json").write_bytes(case.manifest)
        address = f"{self.address}{self._files.name}/{folder.name}/"
        return dict(self.page.evaluate(scripts.HAND_OVER, [address, 1000 * self.limit, WAITING]))

    def go_back(self) -> None:
        """Return to the page's own model."""
        self.page.locator("#model-use").click()
        expect(self.page.locator("#model")).to_have_attribute("aria-busy", "false")

    def state(self) -> dict[str, Any]:
        """Draw a 1; return what scripts.STATE returns."""
        self.page.evaluate(scripts.CLEAR)
        self._draw_line()
        return dict(self.page.evaluate(scripts.STATE, NUMBER))

    def expect_answer(self) -> None:
        """Draw for a model that was accepted; it reads, or the page says why not."""
        self._draw_line()
        answer = self.page.locator("#digit:not(:empty), #failure:visible").first
        expect(answer).to_be_visible(timeout=1000 * self.limit)

    def _new_profile(self) -> Path:
        return self._folder / f"profile{next(self._numbers)}"

    def _watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("crash", lambda _: self.errors.append("the page crashed"))

    def _draw_line(self) -> None:
        """Draw a line from top to bottom, in as few steps as possible."""
        sheet, mouse = self.page.locator("#sheet"), self.page.mouse
        sheet.scroll_into_view_if_needed()  # the panel's news may have scrolled the page
        box = sheet.bounding_box()
        assert box
        middle = box["x"] + 0.5 * box["width"]
        mouse.move(middle, box["y"] + 0.2 * box["height"])
        mouse.down()
        mouse.move(middle, box["y"] + 0.8 * box["height"])
        mouse.up()
