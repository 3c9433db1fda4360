"""Run the library during faults in a real browser: a few kinds of faults, or all with `--all`.

`python build.py faults --count 1000` runs more cases.
"""

from urllib.parse import urlsplit

from tests.browser.support import request_log
from tests.stress.faults.run import run
from tests.stress.faults.scenario import KINDS
from tests.support import bundling

SAMPLE = range(0, len(KINDS), 5)
"""A seed for every fifth kind of fault: consecutive seeds have different kinds."""


def test_no_fault_breaks_an_invariant(playwright, browser_type_launch_args, select_size):
    seeds = select_size(SAMPLE, range(60))
    with bundling.without_compression():
        report = run(playwright, browser_type_launch_args["executable_path"], seeds)
    assert report.findings == [], report.as_text()
    assert report.totals["cases"] == len(seeds)
    assert set(report.by_kind) == {KINDS[seed % len(KINDS)] for seed in seeds}
    # Some kinds of faults redirect from localhost to another origin on this machine, 127.0.0.1.
    # The page must not send requests to any other host. If all kinds have run, it has sent some.
    other_hosts = {urlsplit(address).hostname for address in request_log.cross_origin}
    if len(seeds) >= len(KINDS):
        assert other_hosts == {"127.0.0.1"}
    else:
        assert other_hosts <= {"127.0.0.1"}
    request_log.cross_origin.clear()
