"""Runs a fuzz campaign: hands hostile files to the real page in a real Chromium."""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Error

from digits.words import TEXTS
from offline_onnx_page.serving.server import serve_in_background
from tests.stress.fuzz.case import Case, build_case
from tests.stress.fuzz.visitor import LIMIT, FuzzVisitor
from tests.stress.harness.campaign import Report, run_cases
from tests.stress.harness.site import copy_site, scratch_folder

if TYPE_CHECKING:
    from collections.abc import Iterable

    from playwright.sync_api import Playwright

REFUSED_MESSAGES = ("model_unusable", "model_incompatible", "model_too_slow")
LOADED_MESSAGE = "model_loaded"
FAILURES = ("hung", "broken", "lost")
"""The results that are failures.

- hung: there was no outcome before the timeout, or the page did not respond for that long
- broken: the page no longer reads digits, showed a text that is not one of its messages, contains
  markup from a file, or had a JavaScript error; or the library raised an error of another class
  than its own
- lost: the stored model has changed
"""


@dataclass
class FuzzReport(Report):
    """A report of a fuzz campaign. It counts the results "working", "refused" and FAILURES.

    A case is "working" if the page or the library runs the model.

    Attributes:
        longest_freeze: The longest time in seconds for which the page did not respond.
    """

    longest_freeze: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """Return the report as a dictionary of values that JSON can represent."""
        return {**super().as_dict(), "longest_freeze": self.longest_freeze}

    def as_text(self) -> str:
        """Return the report as text."""
        freeze = f"The page froze for {self.longest_freeze:.1f} s at most."
        return f"{super().as_text()}\n{freeze}"


def run(
    playwright: Playwright, executable: str, seeds: Iterable[int], limit: float = LIMIT
) -> FuzzReport:
    """Hand the case of each seed to the page and to the library.

    Args:
        playwright: Playwright's synchronous API.
        executable: The path of a Chromium.
        seeds: The seeds. A seed always leads to the same case.
        limit: Timeout in seconds for each case.
    """
    report = FuzzReport()
    with scratch_folder() as folder:
        site = folder / "site"
        copy_site(site)
        files = site / "hostile"
        files.mkdir()
        with (
            serve_in_background(site) as address,
            closing(FuzzVisitor(playwright, executable, folder, address, files, limit)) as visitor,
        ):
            run_cases(seeds, lambda seed: _hand_over(build_case(seed), visitor, report), report)
    return report


def _hand_over(case: Case, visitor: FuzzVisitor, report: FuzzReport) -> str:
    """Hand a case over, add the results to the report, and return the kind of the case."""
    before = len(report.findings)

    def report_failure(what: str, detail: str) -> None:
        report.add_finding(case.seed, case.kind, what, detail)

    try:
        results = visitor.hand_over(case)
        report.longest_freeze = max(report.longest_freeze, results["freeze"] / 1000)
        outcomes = {route: _classify(route, results[route]) for route in ("page", "library")}
        for route, outcome in outcomes.items():
            if outcome in FAILURES:
                report_failure(outcome, f"{route}: {results[route]}")
        if results["freeze"] > 1000 * visitor.limit:
            report_failure("hung", f"the page froze for {results['freeze']:.0f} ms")
        report.count(case.kind, "working" if "working" in outcomes.values() else "refused")
        if outcomes["page"] == "working":
            visitor.expect_digit_or_failure()
            visitor.use_published_model()
        if (state := visitor.read_state()) != visitor.initial_state or visitor.errors:
            model_changed = state["stored"] != visitor.initial_state["stored"]
            report_failure("lost" if model_changed else "broken", f"{state} {visitor.errors}")
    except (AssertionError, Error) as error:
        report_failure("broken", str(error))
    if visitor.errors or len(report.findings) > before:
        visitor.restart_with_new_profile()
    return case.kind


def _classify(route: str, result: dict[str, Any]) -> str:
    """Return the result of a route: "refused", "working" or one of FAILURES.

    Args:
        route: "page" or "library".
        result: The outcome that the scripts in the page have returned.
    """
    if result["outcome"] == "late":
        return "hung"
    if route == "library":
        return str(result["outcome"])
    if _is_message(LOADED_MESSAGE, result["text"]):
        return "working"
    is_refused = any(_is_message(key, result["text"]) for key in REFUSED_MESSAGES)
    return "refused" if is_refused else "broken"


def _is_message(key: str, text: str) -> bool:
    """Return whether a text is the page's message `key`, with any values for its placeholders."""
    words = re.sub(r"\\{\w+\\}", ".*", re.escape(TEXTS["en"][key]))
    return bool(re.fullmatch(words, text, re.DOTALL))
