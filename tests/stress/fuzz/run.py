"""Hands seeded hostile files to the real page in a real Chromium, and counts what came of them."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
import time
from collections import Counter
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Error

from digits.words import TABLE
from tests.stress.fuzz.case import Case, cases
from tests.stress.fuzz.visitor import LIMIT, Visitor
from tools.cache import SCRATCH
from tools.console import say
from tools.env import chromium
from tools.site import bundle
from tools.site.serve import serving

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    from playwright.sync_api import Playwright

TELL = 100
"""Files after which the developer is told how far it has come."""
LONGEST = 1000
"""Characters that are told of a failure."""
REFUSED = ("model_unusable", "model_incompatible", "model_too_slow")
LOADED = "model_loaded"
COUNTS = ("files", "refused", "working", "hung", "broken", "lost")
BAD = COUNTS[3:]


@dataclass(frozen=True)
class Failure:
    """What should not have been. `--seed SEED --count 1` does it again."""

    seed: int
    kind: str
    what: str
    detail: str


@dataclass
class Report:
    """What came of the files of each kind: those refused both ways, and those that worked in one.

    hung: no outcome, or a frozen page, for more than LIMIT. broken: pages that did not go on
    reading, or told what nobody can understand. lost: stored models that were not as before.
    """

    by_kind: dict[str, Counter[str]] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    seconds: float = 0
    longest_freeze: float = 0

    @property
    def totals(self) -> Counter[str]:
        return sum(self.by_kind.values(), Counter())

    def as_json(self) -> str:
        """Write the report for programs."""
        return json.dumps({"totals": self.totals, **asdict(self)}, indent=1)

    def as_text(self) -> str:
        """Write the report for people."""
        rows = [*sorted(self.by_kind.items()), ("all", self.totals)]
        lines = [f"{'kind':32}" + "".join(f"{name:>9}" for name in COUNTS)]
        lines += [f"{kind:32}" + "".join(f"{n[name]:9}" for name in COUNTS) for kind, n in rows]
        lines.append(
            f"{self.seconds:.0f} s; the page froze for {self.longest_freeze:.1f} s at most"
        )
        lines += [f"\nseed {f.seed}, {f.kind}: {f.what}: {f.detail}" for f in self.failures]
        return "\n".join(lines)


def run(playwright: Playwright, executable: str, seeds: Iterable[int]) -> Report:
    """Hand over the case of each seed. executable: a Chromium."""
    report, begun = Report(), time.monotonic()
    with _site() as site, serving(site) as address:
        files = site / "hostile"
        files.mkdir()
        browser = playwright.chromium.launch(executable_path=executable, args=chromium.ARGUMENTS)
        with browser, closing(Visitor(browser, address, files)) as visitor:
            for case in cases(seeds):
                _hand_over(case, visitor, report)
                if report.totals["files"] % TELL == 0:
                    say(f"{report.totals['files']} files, {len(report.failures)} failures.")
    report.seconds = time.monotonic() - begun
    return report


@contextmanager
def _site() -> Generator[Path]:
    """Give a copy of the site, whose files are links: beside it lies what is handed over."""
    SCRATCH.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=SCRATCH, ignore_cleanup_errors=True) as folder:
        site = Path(folder) / "site"
        shutil.copytree(bundle.WEB, site, copy_function=os.link)
        yield site


def _hand_over(case: Case, visitor: Visitor, report: Report) -> None:
    counts = report.by_kind.setdefault(case.kind, Counter())
    counts["files"] += 1

    def fail(what: str, detail: str) -> None:
        say(f"seed {case.seed}, {case.kind}: {what}: {detail[:LONGEST]}")
        counts[what] += 1
        report.failures.append(Failure(case.seed, case.kind, what, detail[:LONGEST]))

    try:
        told = visitor.give(case)
        report.longest_freeze = max(report.longest_freeze, told["freeze"] / 1000)
        outcomes = {way: _outcome(way, told[way]) for way in ("page", "library")}
        for way, outcome in outcomes.items():
            if outcome in BAD:
                fail(outcome, f"{way}: {told[way]}")
        if told["freeze"] > 1000 * LIMIT:
            fail("hung", f"the page froze for {told['freeze']:.0f} ms")
        counts["working" if "working" in outcomes.values() else "refused"] += 1
        if outcomes["page"] == "working":
            visitor.answers()
            visitor.go_back()
        if (state := visitor.state()) != visitor.honest or visitor.errors:
            lost = state["stored"] != visitor.honest["stored"]
            fail("lost" if lost else "broken", f"{state} {visitor.errors}")
    except (AssertionError, Error) as error:
        fail("broken", str(error))
    if visitor.errors or (report.failures and report.failures[-1].seed == case.seed):
        visitor.begin_again()


def _outcome(way: str, told: dict[str, Any]) -> str:
    """Tell what came of a file: one of COUNTS."""
    if told["outcome"] == "late":
        return "hung"
    if way == "library":
        return str(told["outcome"])
    if _says(LOADED, told["told"]):
        return "working"
    return "refused" if any(_says(key, told["told"]) for key in REFUSED) else "broken"


def _says(key: str, told: str) -> bool:
    words = re.sub(r"\\{\w+\\}", ".*", re.escape(TABLE["en"][key]))
    return bool(re.fullmatch(words, told, re.DOTALL))
