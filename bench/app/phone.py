"""Measure visits on a simulated phone: a slow main thread, and a slow network link.

In each visit, mouse events tap on the sheet from the first paint on, and draw a 7 at a fixed time.
`python build.py bench` measures the app. To compare built sites side by side, run
`.venv/bin/python -m bench.app.phone SITE SITE`.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from bench.harness import link
from bench.harness.browser import STEP_TIMEOUT, start_browser
from bench.harness.trace import trace_tasks
from tools.console import BuildError, say
from tools.site import bundle

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from playwright.sync_api import CDPSession

    from bench.harness.browser import Browser

SLOWDOWN = 4
"""How many times slower the page's main thread runs. Workers and compilers run at full speed."""
RATE = 9e6 / 8
"""Bytes a second over the link: 9 Mbit/s."""
DELAY = 0.04
"""Seconds before each response over the link."""
DRAW_AT = 2.0
"""Seconds from navigation until the 7 is drawn."""
type Results = Mapping[str, Mapping[str, Sequence[Mapping[str, float]]]]
"""`results[site][visit]` has one mapping for each run: from the keys of _ROWS to measured values.

`site` is the name of a site, `visit` is one of VISITS.
"""
VISITS = ("first visit", "second visit")
"""The two visits to a site in one run. The browser is empty before the first."""
_TAP_EVERY = 0.1
"""Seconds between two taps on the sheet."""
_POLL_EVERY = 0.1
"""Seconds between two requests for the page's state."""
_SEVEN = ((0.3, 0.22), (0.68, 0.2), (0.58, 0.4), (0.5, 0.6), (0.44, 0.8))
"""The points of a 7, in fractions of the sheet's width and height. The taps are on the first point,
so that their ink does not change the digit."""
_OBSERVER_SCRIPT = """
window.observed = { shift: 0 };
new PerformanceObserver((list) => {
  for (const { value } of list.getEntries()) observed.shift += value;
}).observe({ type: "layout-shift", buffered: true });
for (const name of ["stroke", "fill"]) {
  const draw = CanvasRenderingContext2D.prototype[name];
  CanvasRenderingContext2D.prototype[name] = function (...given) {
    if (this.canvas.id === "sheet") observed.firstInk ??= performance.now();
    return draw.apply(this, given);
  };
}
new MutationObserver((_, observer) => {
  if (document.getElementById("digit")?.textContent.trim() !== "7") return;
  observer.disconnect();
  observed.digit = performance.now();
}).observe(document, { subtree: true, childList: true, characterData: true });
"""
"""Records when the first ink is on the sheet, when the page shows the 7, and all layout shifts.

The browser's own score leaves out the shifts that follow an input; this sum includes them.
"""
_SHEET_BOX = """(() => {
  if (!performance.getEntriesByName("first-contentful-paint").length) return null;
  const { x, y, width, height } = document.getElementById("sheet").getBoundingClientRect();
  return { x, y, width, height };
})()"""
"""The position and size of the sheet in the window; null before the first paint."""
_IS_DONE = """Boolean(
  observed.digit
  && document.querySelector("#offline[data-state=offline_ready]")
  && document.querySelector("#teach[data-examples]")
)"""
"""Whether the page shows the 7, works offline, and has created its last controls."""
_MEASURED_BY_PAGE = """({
  first_paint_s: performance.getEntriesByName("first-contentful-paint")[0].startTime / 1000,
  first_ink_s: observed.firstInk / 1000,
  first_digit_s: observed.digit / 1000,
  layout_shift: observed.shift,
})"""
"""The results that the page itself has measured, by their keys in _ROWS."""
_ROWS = {
    "first_paint_s": ("first paint", "{:.2f} s"),
    "first_ink_s": ("first ink on the sheet", "{:.2f} s"),
    "first_digit_s": (f"the digit of a 7 drawn at {DRAW_AT:g} s", "{:.2f} s"),
    "longest_task_s": ("longest task", "{:.3f} s"),
    "layout_shift": ("layout shift", "{:.4f}"),
    "sent_bytes": ("bytes over the link", "{:,.0f}"),
}
"""The rows of the table: the label and format of each result of a visit."""


def measure(sites: Mapping[str, Path], runs: int) -> dict[str, dict[str, list[dict[str, float]]]]:
    """Visit each site twice in a new, empty browser; repeat this `runs` times.

    The sites take turns.

    Args:
        sites: The folders of built sites, by the names to show in the table.
        runs: The number of new browsers for each site.

    Returns:
        The results of all visits, in the form of `Results`.

    """
    if sites:
        say("Visiting on a simulated phone ...")
    results: dict[str, dict[str, list[dict[str, float]]]] = {
        name: {visit: [] for visit in VISITS} for name in sites
    }
    for run in range(runs):
        for name in list(sites)[:: 1 if run % 2 else -1]:  # the order alternates
            slow_link = link.Link(RATE, DELAY)
            with link.serve_folder(sites[name], slow_link) as address, start_browser() as chromium:
                chromium.context.add_init_script(_OBSERVER_SCRIPT)
                for visit in VISITS:
                    results[name][visit].append(_visit(chromium, f"{address}/", slow_link))
    return results


def table(results: Results) -> str:
    """Return a Markdown table of the medians: a column for each visit to each site."""
    columns = [(name, visit) for name in results for visit in VISITS]
    is_single = len(results) == 1
    headings = [visit if is_single else f"{name}, {visit}" for name, visit in columns]
    lines = [f"| | {' | '.join(headings)} |\n", f"|---|{'---:|' * len(headings)}\n"]
    for key, (label, template) in _ROWS.items():
        cells = [
            template.format(median(values[key] for values in results[name][visit]))
            for name, visit in columns
        ]
        lines.append(f"| {label} | {' | '.join(cells)} |\n")
    return "".join(lines)


def _visit(chromium: Browser, address: str, slow_link: link.Link) -> dict[str, float]:
    """Open the site, draw the 7, wait until _IS_DONE is true, and return the results."""
    page = chromium.context.new_page()
    tab = DevToolsTab(page.context.new_cdp_session(page))
    tab.devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
    sent_before = slow_link.sent.total()
    with (
        chromium.step(f"Visiting {address}"),
        trace_tasks(chromium.devtools, page) as task_trace,
    ):
        navigated_at = time.monotonic()
        page.goto(address, wait_until="commit")
        _tap_and_draw(tab, navigated_at)
        tab.wait_for(_IS_DONE)
    result: dict[str, float] = tab.evaluate(_MEASURED_BY_PAGE)
    page.close()
    return {
        **result,
        "longest_task_s": task_trace.longest_s,
        "sent_bytes": slow_link.sent.total() - sent_before,
    }


@dataclass(frozen=True)
class DevToolsTab:
    """Evaluates scripts in a page and sends input to it through DevTools only.

    Playwright's own functions run scripts in the page, which are long tasks on a slow main thread.
    """

    devtools: CDPSession

    def evaluate(self, expression: str) -> Any:
        """Return the value of a JavaScript expression."""
        call = {"expression": expression, "returnByValue": True}
        return self.devtools.send("Runtime.evaluate", call)["result"].get("value")

    def wait_for(self, expression: str) -> Any:
        """Wait until a JavaScript expression has a truthy value; return the value.

        Raises:
            BuildError: It had none within STEP_TIMEOUT seconds.

        """
        deadline = time.monotonic() + STEP_TIMEOUT
        while not (value := self.evaluate(expression)):
            if time.monotonic() > deadline:
                raise BuildError(f"After {STEP_TIMEOUT:.0f} seconds, still not true: {expression}")
            time.sleep(_POLL_EVERY)
        return value

    def mouse(self, kind: str, point: tuple[float, float]) -> None:
        """Send a mouse event, such as "mousePressed", with the left button."""
        x, y = point
        event = {"type": kind, "x": x, "y": y, "button": "left", "buttons": 1, "clickCount": 1}
        self.devtools.send("Input.dispatchMouseEvent", event)


def _tap_and_draw(tab: DevToolsTab, navigated_at: float) -> None:
    """Tap on the sheet until DRAW_AT seconds after the navigation; then draw the 7."""
    while time.monotonic() < navigated_at + DRAW_AT:
        start = _seven(tab)[0]
        tab.mouse("mousePressed", start)
        tab.mouse("mouseReleased", start)
        time.sleep(_TAP_EVERY)
    points = _seven(tab)
    tab.mouse("mousePressed", points[0])
    for point in points[1:]:
        tab.mouse("mouseMoved", point)
    tab.mouse("mouseReleased", points[-1])


def _seven(tab: DevToolsTab) -> list[tuple[float, float]]:
    """Return the points of the 7 in the window, for the sheet's present position.

    The sheet may move while the page loads.
    """
    sheet = tab.wait_for(_SHEET_BOX)
    return [(sheet["x"] + x * sheet["width"], sheet["y"] + y * sheet["height"]) for x, y in _SEVEN]


def main() -> None:
    """Measure the sites that the command line names, and print the results as a table."""
    parser = argparse.ArgumentParser(description="Visit built sites on a simulated phone.")
    parser.add_argument("sites", nargs="*", type=Path, metavar="SITE", help="default: web/")
    parser.add_argument(
        "--runs",
        type=int,
        default=5,
        help="number of first visits to each site; a second visit follows each (default: 5)",
    )
    options = parser.parse_args()
    sites = {str(site): site for site in options.sites or [bundle.WEB]}
    print(table(measure(sites, options.runs)))


if __name__ == "__main__":
    main()
