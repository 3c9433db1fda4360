"""A campaign of the fuzz: hostile files handed to the real page in a real Chromium."""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Error

from digits.words import TABLE
from tests.stress.fuzz.case import Case, case
from tests.stress.fuzz.visitor import LIMIT, FuzzVisitor
from tests.stress.harness.campaign import Report, run_cases
from tests.stress.harness.site import copy_site, scratch_folder
from tools.site.serve import serve_in_background

if TYPE_CHECKING:
    from collections.abc import Iterable

    from playwright.sync_api import Playwright

REFUSED = ("model_unusable", "model_incompatible", "model_too_slow")
LOADED = "model_loaded"
BAD = ("hung", "broken", "lost")
"""hung: no outcome, or a frozen page, for longer than the limit. broken: the page stopped reading,
or showed something that is no message of its own. lost: the stored model has changed."""


@dataclass
class FuzzReport(Report):
    """What came of the files: "refused" in both ways, or "working" in one, and BAD.

    Attributes:
        longest_freeze: Seconds for which the page did not respond.
    """

    longest_freeze: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """Return the report as what JSON can hold."""
        return {**super().as_dict(), "longest_freeze": self.longest_freeze}

    def as_text(self) -> str:
        """Return the report for people."""
        freeze = f"The page froze for {self.longest_freeze:.1f} s at most."
        return f"{super().as_text()}\n{freeze}"


def run(
    playwright: Playwright, executable: str, seeds: Iterable[int], limit: float = LIMIT
) -> FuzzReport:
    """Hand over the case of each seed.

    Args:
        playwright: Playwright's synchronous API.
        executable: A Chromium.
        seeds: The same seed gives the same case.
        limit: Seconds within which each file has to have an outcome.
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
            run_cases(seeds, lambda seed: _hand_over(case(seed), visitor, report), report)
    return report


def _hand_over(hostile: Case, visitor: FuzzVisitor, report: FuzzReport) -> str:
    """Hand a case over and note what came of it; return its kind."""
    before = len(report.findings)

    def fail(what: str, detail: str) -> None:
        report.add_finding(hostile.seed, hostile.kind, what, detail)

    try:
        results = visitor.hand_over(hostile)
        report.longest_freeze = max(report.longest_freeze, results["freeze"] / 1000)
        outcomes = {way: _outcome(way, results[way]) for way in ("page", "library")}
        for way, outcome in outcomes.items():
            if outcome in BAD:
                fail(outcome, f"{way}: {results[way]}")
        if results["freeze"] > 1000 * visitor.limit:
            fail("hung", f"the page froze for {results['freeze']:.0f} ms")
        report.count(hostile.kind, "working" if "working" in outcomes.values() else "refused")
        if outcomes["page"] == "working":
            visitor.expect_answer()
            visitor.go_back()
        if (state := visitor.state()) != visitor.honest or visitor.errors:
            lost = state["stored"] != visitor.honest["stored"]
            fail("lost" if lost else "broken", f"{state} {visitor.errors}")
    except (AssertionError, Error) as error:
        fail("broken", str(error))
    if visitor.errors or len(report.findings) > before:
        visitor.begin_again()
    return hostile.kind


def _outcome(way: str, result: dict[str, Any]) -> str:
    """Return what came of a file: "refused", "working" or one of BAD."""
    if result["outcome"] == "late":
        return "hung"
    if way == "library":
        return str(result["outcome"])
    if _shows(LOADED, result["text"]):
        return "working"
    return "refused" if any(_shows(key, result["text"]) for key in REFUSED) else "broken"


def _shows(key: str, text: str) -> bool:
    """Whether a text is the page's message of this name, whatever was filled in."""
    words = re.sub(r"\\{\w+\\}", ".*", re.escape(TABLE["en"][key]))
    return bool(re.fullmatch(words, text, re.DOTALL))
