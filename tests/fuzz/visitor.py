"""A visitor whose page is handed hostile files: one page for all of them, unless one breaks it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from digits.text import TABLE
from tests.browser.drawing import DIGITS, draw, wait_until_started
from tests.browser.site import SiteServer
from tests.fuzz import scripts
from tools import bundle

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.fuzz.case import Case

LIMIT = 5.0
"""Seconds after which a file has to have had an outcome."""
WAITING = TABLE["en"]["model_fetching"]
NO_WORKER = "delete Navigator.prototype.serviceWorker"
PROBE = Path(__file__).with_name("probe.py")


class Visitor:
    """Opens the app's page from a folder of its own, where hostile files lie beside it."""

    def __init__(self, browser: Browser, folder: Path) -> None:
        self._files = folder / "site" / "hostile"
        shutil.copytree(bundle.WEB, folder / "site", copy_function=os.link)
        self._files.mkdir()
        self._server = SiteServer(folder / "site")
        self._context = browser.new_context(locale="en-US")
        self._context.add_init_script(NO_WORKER)
        self.errors: list[str] = []
        self.open()

    def open(self) -> None:
        """Open the page anew."""
        for page in self._context.pages:
            page.close()
        self._page = self._context.new_page()
        self._page.on("pageerror", lambda error: self.errors.append(str(error)))
        self._page.on("crash", lambda _: self.errors.append("the page crashed"))
        self._page.set_default_timeout(30_000)
        self._page.goto(self._server.address)
        wait_until_started(self._page)
        self._page.locator("#model > summary").click()
        expect(self._page.locator("#model-facts dd").first).to_be_visible()
        self._page.evaluate("(code) => { pyodide.runPython(code); }", PROBE.read_text("utf-8"))
        self.stored = self.stored_now()

    def close(self) -> None:
        """Leave."""
        self._context.close()
        self._server.stop()

    def give(self, case: Case) -> dict[str, Any]:
        """Hand a case to the page and to the library; tell what came of it, see scripts.GIVE."""
        (self._files / "model.onnx").write_bytes(case.model)
        (self._files / "model.json").write_bytes(case.manifest)
        address = f"{self._server.address}hostile/"
        return dict(self._page.evaluate(scripts.GIVE, [address, 1000 * LIMIT, WAITING]))

    def stored_now(self) -> str:
        """Give the SHA-256 of what is stored of the page's own model, "" if nothing is."""
        return str(self._page.evaluate(scripts.STORED))

    def go_back(self) -> None:
        """Read with the page's own model again."""
        self._page.locator("#model-use").click()
        expect(self._page.locator("#model")).to_have_attribute("aria-busy", "false")

    def reads(self) -> bool:
        """Draw a 1; tell whether the page reads it, with no failure and no markup in view."""
        if self._page.locator("#clear").is_enabled():
            self._page.locator("#clear").click()
        draw(self._page, DIGITS["1"])
        expect(self._page.locator("#digit")).to_have_text("1", timeout=10_000)
        expect(self._page.locator("#failure")).to_be_hidden()
        return bool(self._page.evaluate(scripts.INTACT))

    def answers(self) -> bool:
        """Draw with a hostile model that was taken; tell whether it reads or the page says why not."""
        draw(self._page, DIGITS["7"])
        answer = self._page.locator("#digit:not(:empty), #failure:visible").first
        expect(answer).to_be_visible(timeout=1000 * LIMIT)
        return bool(self._page.evaluate(scripts.INTACT))
