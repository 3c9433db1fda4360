"""Run the long campaigns in a real browser; return 1 if one found a fault."""

from __future__ import annotations

from playwright.sync_api import sync_playwright

from tests.stress.faults import run as faults_campaign
from tests.stress.fuzz import run as fuzz_campaign
from tests.stress.soak import run as soak_campaign
from tools.env.engines import find_chromium
from tools.site.bundle import MODEL, WEB, bundle


def faults(*, seed: int, count: int, as_json: bool) -> int:
    """Play seeded faults of the server, the browser and the storage.

    Args:
        seed: of the first fault; the next one has the next number.
        count: of faults.
        as_json: for programs, not for people.
    """
    executable = find_chromium()
    with sync_playwright() as playwright:
        report = faults_campaign.run(playwright, executable, range(seed, seed + count))
    print(report.as_json() if as_json else report.as_text())
    return int(not report.is_good)


def fuzz(*, seed: int, count: int, as_json: bool) -> int:
    """Give the page seeded hostile files. For the arguments see `faults`."""
    bundle(WEB, MODEL)
    executable = find_chromium()
    with sync_playwright() as playwright:
        report = fuzz_campaign.run(playwright, executable, range(seed, seed + count))
    print(report.as_json() if as_json else report.as_text())
    return int(not report.is_good)


def soak(*, count: int, as_json: bool) -> int:
    """Use the page for long, and watch what grows.

    Args:
        count: of drawings; reloads and updates are in proportion.
        as_json: for programs, not for people.
    """
    bundle(WEB, MODEL)
    report = soak_campaign.run(find_chromium(), count)
    print(report.as_json() if as_json else report.as_text())
    return int(not report.is_good)
