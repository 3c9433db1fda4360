"""Open a page that has a stored drawing, as after a reload, and wait until it shows the digit."""

from __future__ import annotations

import json
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import TimeoutError as PlaywrightTimeout

from bench.harness.browser import STEP_TIMEOUT
from tools.console import BuildError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from bench.harness.browser import Browser

PROBE = Path(__file__).parent / "page" / "probe.py"
GESTURES = [[[[0.3, 0.22], [0.68, 0.2], [0.44, 0.8]]], [[[0.36, 0.5], [0.63, 0.49]]]]
"""A crossed 7, in the format of `digits.drawing.ink.Ink.to_json`."""
STORE_DRAWING_AND_TIME_START = """
sessionStorage.setItem("offline-digits-ink", JSON.stringify(GESTURES));
window.steps = {};
new MutationObserver((_, observer) => {
  const { step } = document.getElementById("start")?.dataset ?? {};
  if (step) window.steps[step] ??= performance.now();
  if (!document.getElementById("digit")?.textContent.trim()) return;
  observer.disconnect();
  window.firstDigit = performance.now();
  document.documentElement.dataset.firstDigit = "";
}).observe(document, {
  subtree: true, childList: true, characterData: true, attributeFilter: ["data-step"],
});
""".replace("GESTURES", json.dumps(GESTURES))
"""A script that stores a drawing for the page. It also records when each step of the start begins,
and when the page shows the digit."""
MEASURE_WASM_MEMORY = """
const { Memory, instantiate } = WebAssembly;
const memories = new Set();
WebAssembly.Memory = function (description) {
  const memory = new Memory(description);
  memories.add(memory);
  return memory;
};
WebAssembly.Memory.prototype = Memory.prototype;
WebAssembly.instantiate = async (...given) => {
  const result = await instantiate.apply(WebAssembly, given);
  for (const each of Object.values((result.instance ?? result).exports)) {
    if (each instanceof Memory) memories.add(each);
  }
  return result;
};
window.wasmMemory = () => [...memories].reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
"""
"""A script that adds `wasmMemory()`, which returns the size of all WebAssembly memories in bytes.

The browser itself does not report this size.
"""
_STEP_AND_FAILURE = """() => [
  document.getElementById("start")?.dataset.step ?? "none",
  document.getElementById("failure-text")?.textContent.trim() || "no failure",
]"""


@contextmanager
def open_page(chromium: Browser, address: str) -> Iterator[tuple[Page, float]]:
    """Open a page in a new tab; yield the page, and the seconds from navigation to its digit."""
    page = chromium.context.new_page()
    with chromium.step(f"Opening {address}"):
        page.goto(address, wait_until="commit")
    yield page, wait_for_first_digit(chromium, page)
    page.close()


def wait_for_first_digit(chromium: Browser, page: Page, timeout: float = STEP_TIMEOUT) -> float:
    """Wait until the page shows a digit; return the seconds from navigation until then.

    Raises:
        BuildError: The page showed no digit within `timeout` seconds. The message names the last
            step of the start.

    """
    # Playwright's timeout must come first: the timeout of `chromium.step` kills the browser, and
    # then the page can't report how far its start got.
    with chromium.step(f"Waiting for the digit in {page.url}", timeout + STEP_TIMEOUT):
        try:
            page.locator("html[data-first-digit]").wait_for(
                state="attached", timeout=1000 * timeout
            )
        except PlaywrightTimeout as error:
            step, failure = page.evaluate(_STEP_AND_FAILURE)
            raise BuildError(
                f"{page.url} showed no digit within {timeout:.0f} seconds; its last step "
                f"was {step}, and it reports {failure}."
            ) from error
        return float(page.evaluate("() => window.firstDigit")) / 1000


def read_step_times(page: Page) -> dict[str, float]:
    """Return the seconds from navigation to the beginning of each step of the app's start."""
    beginnings: dict[str, float] = page.evaluate("() => window.steps")
    return {step: milliseconds / 1000 for step, milliseconds in beginnings.items()}


def wait_until_cached(chromium: Browser, page: Page) -> None:
    """Wait until the service worker of the page has cached all files of the page.

    The app registers its service worker itself. The pages of TensorFlow.js register theirs when
    `registerWorker` is called.
    """
    with chromium.step(f"Installing the service worker of {page.url}"):
        page.evaluate(
            """async () => {
              await window.registerWorker?.();
              await navigator.serviceWorker.ready;
            }"""
        )


def add_probe(chromium: Browser, page: Page) -> None:
    """Run page/probe.py in the app's page. It adds functions that measure the page."""
    with chromium.step(f"Running probe.py in {page.url}"):
        page.evaluate("code => { pyodide.runPython(code); }", PROBE.read_text("utf-8"))


def infer(chromium: Browser, page: Page, runs: int) -> list[float]:
    """Make the page run its model `runs` times on one image; return the seconds of each run.

    In the app's pages, call `add_probe` first.
    """
    with chromium.step(f"{runs} inferences in {page.url}"):
        times: Any = page.evaluate("runs => window.infer(runs)", runs)
    return [float(milliseconds) / 1000 for milliseconds in times]
