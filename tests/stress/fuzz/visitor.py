"""A browser whose page receives hostile files, one after another, until a file breaks the page."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from digits.words import TEXTS
from tests.stress.fuzz import scripts
from tests.stress.fuzz.case import FILE
from tests.stress.harness.visitor import Visitor

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page, Playwright

    from tests.stress.fuzz.case import Case

LIMIT = 5.0
"""Timeout of a case in seconds, on an idle machine."""
LOADING_TEXT = TEXTS["en"]["model_loading_runtime"]
REMOVE_SERVICE_WORKERS = "delete Navigator.prototype.serviceWorker"
EXPECTED_NUMBER = "1"
"""What the page reads after `_draw_line`."""
PROBE_FILE = Path(__file__).with_name("probe.py")


class FuzzVisitor(Visitor):
    """Opens the app's page without a service worker.

    Args:
        playwright: Playwright's synchronous API.
        executable: The path of a Chromium.
        folder: A folder for profiles, in which this class creates one folder for each profile.
        address: The address of the site.
        files: A folder of the site for the hostile files.
        limit: Timeout of a case in seconds.

    Attributes:
        errors: JavaScript errors of the page since it was opened.
        initial_state: The state of the page before the first file.
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
        self.initial_state = self.read_state()

    def restart_with_new_profile(self) -> None:
        """Restart the browser with a new profile: a file may have damaged the stored data."""
        self._profile = self._new_profile()
        self.restart()
        self.errors.clear()
        self.initial_state = self.read_state()

    def prepare_context(self, context: BrowserContext) -> None:
        """Remove support for service workers, and record the errors of all pages."""
        context.add_init_script(REMOVE_SERVICE_WORKERS)
        context.set_default_timeout(90_000)
        context.on("page", self._record_errors)

    def wait_until_ready(self, page: Page) -> None:
        """Wait until the page has started, open its panel for models, and run probe.py."""
        page.locator("#start").wait_for(state="hidden")
        page.locator("#model > summary").click()
        expect(page.locator("#model-facts dd").first).to_be_visible()
        page.evaluate(scripts.PREPARE, PROBE_FILE.read_text("utf-8"))

    def hand_over(self, case: Case) -> dict[str, Any]:
        """Hand a case to the page and to the library; for the result see scripts.HAND_OVER."""
        folder = self._files / str(next(self._numbers))  # a new address, which no cache has
        folder.mkdir()
        (folder / FILE).write_bytes(case.model)
        (folder / "model.json").write_bytes(case.manifest)
        address = f"{self.address}{self._files.name}/{folder.name}/"
        arguments = [address, 1000 * self.limit, LOADING_TEXT]
        return dict(self.page.evaluate(scripts.HAND_OVER, arguments))

    def use_published_model(self) -> None:
        """Replace the hostile model by the page's published model."""
        self.page.locator("#model-use").click()
        expect(self.page.locator("#model")).to_have_attribute("aria-busy", "false")

    def read_state(self) -> dict[str, Any]:
        """Draw a 1, and return the state of the page; see scripts.STATE."""
        self.page.evaluate(scripts.CLEAR)
        self._draw_line()
        return dict(self.page.evaluate(scripts.STATE, EXPECTED_NUMBER))

    def expect_digit_or_failure(self) -> None:
        """Draw for a model that was accepted; expect a digit or an error message in the page."""
        self._draw_line()
        answer = self.page.locator("#digit:not(:empty), #failure:visible").first
        expect(answer).to_be_visible(timeout=1000 * self.limit)

    def _new_profile(self) -> Path:
        return self._folder / f"profile{next(self._numbers)}"

    def _record_errors(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("crash", lambda _: self.errors.append("the page crashed"))

    def _draw_line(self) -> None:
        """Draw a vertical line with as few mouse events as possible."""
        sheet, mouse = self.page.locator("#sheet"), self.page.mouse
        box = sheet.bounding_box()
        assert box
        middle = 0.5 * box["width"]
        # `hover` scrolls the page, and waits until the sheet no longer moves: the messages in the
        # panel come and go.
        sheet.hover(position={"x": middle, "y": 0.2 * box["height"]})
        mouse.down()
        sheet.hover(position={"x": middle, "y": 0.8 * box["height"]})
        mouse.up()
