"""Sixty seeded faults in the browser; `python build.py faults --count 1000` plays more of them."""

from tests.faults.run import run
from tests.faults.scenario import KINDS


def test_no_fault_breaks_an_invariant(playwright, browser_type_launch_args):
    report = run(playwright, browser_type_launch_args["executable_path"], range(60))
    assert report.broken_invariants == [], report.as_text()
    assert report.faults == 60
    assert set(report.by_kind) == set(KINDS)
