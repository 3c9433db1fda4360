"""Record which of the interpreter's functions a start from a snapshot calls, in a real browser.

An instrumented interpreter runs through typical page loads: the first and later ones, with nothing
drawn, with a number, and with a model that has to be fetched again. What a first start calls is
recorded as well, so that small changes of the Python code find their functions in the first half.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from tools.cache import BUILT
from tools.console import say
from tools.env import npm
from tools.lean import interpreter
from tools.lean.wasm.instrument import CALLED
from tools.site import bundle
from tools.visits.browser import open_site
from tools.visits.pen import NUMBER, STROKES, draw

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

COLLECT_EXPORTS = """
const { instantiate } = WebAssembly;
window.instances = [];
WebAssembly.instantiate = async (...given) => {
  const result = await instantiate.apply(WebAssembly, given);
  window.instances.push((result.instance ?? result).exports);
  return result;
};
"""
READ_RECORDING = f"""
() => window.instances.flatMap((exports) =>
  Object.entries(exports)
    .filter(([name, {{ value }}]) => name.startsWith("{CALLED}") && value)
    .map(([name]) => Number(name.slice("{CALLED}".length))))
"""
DELETE_STORED_MODEL = """
() => new Promise((resolve, reject) => {
  const request = indexedDB.deleteDatabase("offline-digits");
  Object.assign(request, { onsuccess: () => resolve(), onerror: reject, onblocked: resolve });
})
"""


def command() -> None:
    """Record anew, and build the app's site with the new recording."""
    npm.install()
    if interpreter.is_recording_outdated():
        interpreter.write_recording([])  # the page works without a recording, only slower
    bundle.bundle(bundle.WEB, bundle.MODEL)
    say(f"A start calls {record(bundle.WEB)} functions of the interpreter.")
    bundle.bundle(bundle.WEB, bundle.MODEL)


def record(site: Path) -> int:
    """Store which functions the starts of a site call; return how many these are."""
    called: set[int] = set()
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "site"
        _copy_instrumented(site, copy)
        with open_site(copy) as (browser, address):
            page = browser.new_page()
            page.add_init_script(COLLECT_EXPORTS)
            for _ in _page_loads(page, address):
                called.update(page.evaluate(READ_RECORDING))
    interpreter.write_recording(called)
    return len(called)


def _copy_instrumented(site: Path, copy: Path) -> None:
    """Copy a site, with the full and instrumented interpreter in place of the trimmed one."""
    shutil.copytree(site, copy)
    (folder,) = (copy / BUILT).glob("pyodide-*")
    (folder / interpreter.WASM).write_bytes(interpreter.instrumented().write())
    parts = copy / BUILT / "site.js"
    text = parts.read_text("utf-8")
    for name in (interpreter.REST, interpreter.DATA):
        (folder / name).unlink()
        text = re.sub(rf'\n "[^"]*/{re.escape(name)}": \d+,', "", text)
    parts.write_text(text, "utf-8")
    bundle.write_service_worker(copy)


def _page_loads(page: Page, address: str) -> Iterator[None]:
    """Load and use the page; stop wherever the recording should be read."""
    page.goto(address)
    page.locator("#offline[data-state=offline_ready]").wait_for()
    for stroke in STROKES:
        draw(page, stroke)
    _wait_for_number(page)
    page.locator("#undo").click()
    draw(page, STROKES[-1])
    _wait_for_number(page)
    yield
    page.reload()
    _wait_for_number(page)
    yield
    page.evaluate(DELETE_STORED_MODEL)
    page.reload()
    _wait_for_number(page)
    page.locator("#clear").click()
    yield
    page.reload()
    _wait_for_start(page)
    draw(page, STROKES[1])
    page.locator("#digit").get_by_text(NUMBER[1]).wait_for()
    yield


def _wait_for_number(page: Page) -> None:
    page.locator("#digit").get_by_text(NUMBER, exact=True).wait_for()
    _wait_for_start(page)


def _wait_for_start(page: Page) -> None:
    """Wait until the start has ended, and what follows directly."""
    page.locator("#start").wait_for(state="hidden")
    page.locator("#teach[data-examples]").wait_for()
