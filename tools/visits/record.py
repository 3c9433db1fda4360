"""The command `watch`: record which functions of the interpreter a start of the page calls.

A browser loads the page four times with an instrumented interpreter: for the first time, with a
stored drawing, with a model that has to be downloaded again, and with a drawing that is made before
Python has started. Each recording ends when the page links the second part of the split module,
after the start. Calls in the worker that starts Python on a first visit are not recorded,
because it uses both parts.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from offline_onnx_page.site.sources import BUILT
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

RECORD_START = f"""
const {{ instantiate }} = WebAssembly;
const instances = [];
WebAssembly.instantiate = async (...args) => {{
  const result = await instantiate.apply(WebAssembly, args);
  instances.push((result.instance ?? result).exports);
  return result;
}};
const recording = () => instances.flatMap((exports) =>
  Object.entries(exports)
    .filter(([name, {{ value }}]) => name.startsWith("{CALLED}") && value)
    .map(([name]) => Number(name.slice("{CALLED}".length))));
performance.mark = new Proxy(performance.mark, {{
  apply(mark, target, [name, ...rest]) {{
    if (name === "rest-linked") window.recording = recording();
    return Reflect.apply(mark, target, [name, ...rest]);
  }},
}});
"""
"""A script that sets `recording` to the numbers of the functions that were called until the page
links the second part of the split module."""
DELETE_STORED_MODEL = """
() => new Promise((resolve, reject) => {
  const request = indexedDB.deleteDatabase("offline-digits");
  Object.assign(request, { onsuccess: () => resolve(), onerror: reject, onblocked: resolve });
})
"""


def command() -> None:
    """Write a new recording and build the app's site with it."""
    npm.install()
    if interpreter.is_recording_outdated():
        interpreter.write_recording([])  # the page works without a recording, only slower
    bundle.bundle(bundle.WEB, bundle.MODEL)
    say(f"A start of the page calls {record(bundle.WEB)} functions of the interpreter.")
    bundle.bundle(bundle.WEB, bundle.MODEL)


def record(site: Path) -> int:
    """Record which functions the starts of a page call; return how many they are."""
    called: set[int] = set()
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "site"
        _copy_instrumented(site, copy)
        with open_site(copy) as (browser, address):
            page = browser.new_page()
            page.add_init_script(RECORD_START)
            for _ in _page_loads(page, address):
                called.update(page.evaluate("() => window.recording"))
    interpreter.write_recording(called)
    return len(called)


def _copy_instrumented(site: Path, copy: Path) -> None:
    """Copy a site and replace its trimmed interpreter by the untrimmed, instrumented one."""
    shutil.copytree(site, copy)
    (folder,) = (copy / BUILT).glob("pyodide-*")
    (folder / interpreter.WASM).write_bytes(interpreter.instrumented().write())
    site_script = copy / BUILT / "site.js"
    text = site_script.read_text("utf-8")
    for name in (interpreter.REST, interpreter.DATA):
        (folder / name).unlink()
        # python.js downloads these files only if site.js lists their sizes.
        text = re.sub(rf'\n "[^"]*/{re.escape(name)}": \d+,', "", text)
    site_script.write_text(text, "utf-8")
    bundle.write_service_worker(copy, "offline-digits", is_app=True)


def _page_loads(page: Page, address: str) -> Iterator[None]:
    """Load the page several times; yield after each start."""
    page.goto(address)
    page.locator("#offline[data-state=offline_ready]").wait_for()
    yield
    for stroke in STROKES:
        draw(page, stroke)
    _wait_for_number(page)
    page.reload()
    _wait_for_number(page)
    yield
    page.evaluate(DELETE_STORED_MODEL)
    page.reload()
    _wait_for_number(page)
    yield
    page.locator("#clear").click()
    page.reload(wait_until="commit")
    for stroke in STROKES:
        draw(page, stroke)
    _wait_for_number(page)
    yield


def _wait_for_number(page: Page) -> None:
    page.locator("#digit").get_by_text(NUMBER, exact=True).wait_for()
    _wait_for_start(page)


def _wait_for_start(page: Page) -> None:
    """Wait until the page is usable and the controls that follow its start exist."""
    page.locator("#start").wait_for(state="hidden")
    page.locator("#teach[data-examples]").wait_for()
