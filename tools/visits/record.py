"""Which of the interpreter's functions a start from a snapshot calls, seen in a real browser.

The page is visited with an interpreter that tells of calls, as people come to it: for the first
time and again, with nothing drawn, a number, or a model that has to be fetched again. What a first
start calls is in it too: Python that changes a little should not miss a function.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from tools.cache import BUILT
from tools.env import chromium
from tools.lean import interpreter
from tools.lean.wasm.instrument import CALLED
from tools.site import bundle
from tools.visits.pen import NUMBER, STROKES, draw

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

KEEP_EXPORTS = """
const { instantiate } = WebAssembly;
window.instances = [];
WebAssembly.instantiate = async (...given) => {
  const result = await instantiate.apply(WebAssembly, given);
  window.instances.push((result.instance ?? result).exports);
  return result;
};
"""
TELL = f"""
() => window.instances.flatMap((exports) =>
  Object.entries(exports)
    .filter(([name, {{ value }}]) => name.startsWith("{CALLED}") && value)
    .map(([name]) => Number(name.slice("{CALLED}".length))))
"""
FORGET = """
() => new Promise((resolve, reject) => {
  const request = indexedDB.deleteDatabase("offline-digits");
  Object.assign(request, { onsuccess: () => resolve(), onerror: reject, onblocked: resolve });
})
"""


def watch(site: Path) -> int:
    """Keep the functions that the site's starts call; give how many there are."""
    called: set[int] = set()
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "site"
        _telling(site, copy)
        with chromium.visiting(copy) as (browser, address):
            page = browser.new_page()
            page.add_init_script(KEEP_EXPORTS)
            for _ in _visits(page, address):
                called.update(page.evaluate(TELL))
    interpreter.write_called(called)
    return len(called)


def _telling(site: Path, copy: Path) -> None:
    """Copy a site whose interpreter is whole, and tells what it calls."""
    shutil.copytree(site, copy)
    (folder,) = (copy / BUILT).glob("pyodide-*")
    (folder / interpreter.WASM).write_bytes(interpreter.telling().write())
    parts = copy / BUILT / "site.js"
    text = parts.read_text("utf-8")
    for name in (interpreter.REST, interpreter.DATA):
        (folder / name).unlink()
        text = re.sub(rf'\n "[^"]*/{re.escape(name)}": \d+,', "", text)
    parts.write_text(text, "utf-8")
    bundle.write_service_worker(copy)


def _visits(page: Page, address: str) -> Iterator[None]:
    """Use the page, and stop wherever it should be seen what was called."""
    page.goto(address)
    page.locator("#offline[data-state=offline_ready]").wait_for()
    for stroke in STROKES:
        draw(page, stroke)
    _read(page)
    page.locator("#undo").click()
    draw(page, STROKES[-1])
    _read(page)
    yield
    page.reload()
    _read(page)
    yield
    page.evaluate(FORGET)
    page.reload()
    _read(page)
    page.locator("#clear").click()
    yield
    page.reload()
    _settle(page)
    draw(page, STROKES[1])
    page.locator("#digit").get_by_text(NUMBER[1]).wait_for()
    yield


def _read(page: Page) -> None:
    page.locator("#digit").get_by_text(NUMBER, exact=True).wait_for()
    _settle(page)


def _settle(page: Page) -> None:
    """Wait for the end of the start, and for what comes right after it."""
    page.locator("#start").wait_for(state="hidden")
    page.locator("#teach[data-examples]").wait_for()
