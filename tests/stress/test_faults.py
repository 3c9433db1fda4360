"""Sixty seeded faults in the browser; `python build.py faults --count 1000` plays more of them."""

from urllib.parse import urlsplit

from tests.browser.support import watched
from tests.stress.faults.run import run
from tests.stress.faults.scenario import KINDS


def test_no_fault_breaks_an_invariant(playwright, browser_type_launch_args):
    report = run(playwright, browser_type_launch_args["executable_path"], range(60))
    assert report.broken_invariants == [], report.as_text()
    assert report.faults == 60
    assert set(report.by_kind) == set(KINDS)
    # Some of the faults send the page to another origin.
    assert {urlsplit(address).hostname for address in watched.elsewhere} == {"127.0.0.1"}
    watched.elsewhere.clear()
