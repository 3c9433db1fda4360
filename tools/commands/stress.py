"""The commands `faults`, `fuzz` and `soak`: long tests in a real browser.

Each returns 1 if the page failed a test, else 0.
"""

from __future__ import annotations

from playwright.sync_api import sync_playwright

from tests.stress.faults import run as faults_campaign
from tests.stress.fuzz import run as fuzz_campaign
from tests.stress.soak import run as soak_campaign
from tools.env.engines import find_chromium
from tools.site.bundle import MODEL, WEB, bundle


def faults(*, seed: int, count: int, as_json: bool) -> int:
    """Test the page with seeded faults of the server, the browser and the storage.

    Args:
        seed: the seed of the first case; each further case adds 1.
        count: the number of cases.
        as_json: print JSON instead of text.
    """
    executable = find_chromium()
    with sync_playwright() as playwright:
        report = faults_campaign.run(playwright, executable, range(seed, seed + count))
    print(report.as_json() if as_json else report.as_text())
    return int(not report.is_good)


def fuzz(*, seed: int, count: int, as_json: bool) -> int:
    """Test the page with seeded hostile models and manifests. For the arguments see `faults`."""
    bundle(WEB, MODEL)
    executable = find_chromium()
    with sync_playwright() as playwright:
        report = fuzz_campaign.run(playwright, executable, range(seed, seed + count))
    print(report.as_json() if as_json else report.as_text())
    return int(not report.is_good)


def soak(*, count: int, as_json: bool) -> int:
    """Use the page for a long time and check that memory, storage and delays do not grow.

    Args:
        count: the number of drawings. The numbers of reloads and updates are in proportion.
        as_json: print JSON instead of text.
    """
    bundle(WEB, MODEL)
    report = soak_campaign.run(find_chromium(), count)
    print(report.as_json() if as_json else report.as_text())
    return int(not report.is_good)
