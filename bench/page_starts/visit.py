"""A page that is visited with a drawing waiting in it, as a person who reloads has it."""

from __future__ import annotations

import json
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext, Page

PROBE = Path(__file__).parent / "page" / "probe.py"
STROKES = [[[[0.3, 0.22], [0.68, 0.2], [0.44, 0.8]]], [[[0.36, 0.5], [0.63, 0.49]]]]
"""A crossed 7, in sheet sides."""
WAITING = """
sessionStorage.setItem("offline-digits-ink", JSON.stringify(STROKES));
window.steps = {};
new MutationObserver((_, observer) => {
  const { step } = document.getElementById("start")?.dataset ?? {};
  if (step) window.steps[step] ??= performance.now();
  if (!document.getElementById("digit")?.textContent.trim()) return;
  observer.disconnect();
  window.firstDigit = performance.now();
}).observe(document, {
  subtree: true, childList: true, characterData: true, attributeFilter: ["data-step"],
});
""".replace("STROKES", json.dumps(STROKES))
MEMORIES = """
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
"""Has a page tell the bytes of WebAssembly's memories, which the browser leaves out."""
TOLD = """
() => new Promise((resolve) => {
  const ask = () => (window.firstDigit ? resolve(window.firstDigit) : setTimeout(ask, 10));
  ask();
})
"""


@contextmanager
def visited(context: BrowserContext, address: str) -> Iterator[tuple[Page, float]]:
    """Open a new page; give it, and the seconds from the visit to the digit."""
    page = context.new_page()
    page.goto(address, wait_until="commit")
    yield page, page.evaluate(TOLD) / 1000
    page.close()


def steps(page: Page) -> dict[str, float]:
    """Tell when each step of our page's start began: seconds from the visit."""
    told: dict[str, float] = page.evaluate("() => window.steps")
    return {step: milliseconds / 1000 for step, milliseconds in told.items()}


def settle(page: Page) -> None:
    """Have the service worker keep all of the page."""
    page.evaluate(
        """async () => {
          await navigator.serviceWorker.register("service-worker.js");
          await navigator.serviceWorker.ready;
        }"""
    )


def probe(page: Page) -> None:
    """Have our page tell of its work, see page/probe.py."""
    page.evaluate("code => { pyodide.runPython(code); }", PROBE.read_text("utf-8"))


def infer(page: Page, runs: int) -> list[float]:
    """Run the model so often; give the seconds of each run."""
    answer: Any = page.evaluate("runs => window.infer(runs)", runs)
    return [float(milliseconds) / 1000 for milliseconds in answer]
