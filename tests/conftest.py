"""What all tests share: the built site, the tables of results, and the suite's own options.

`--all` runs the long campaigns whole (faults, fuzz, long use, a quick training); without it they
run a small part. `--engine` runs the tests of one browser engine alone.
"""

from pathlib import Path

import pytest

from tests.support import bundling, tables
from tools.env.engines import ENGINES
from tools.site import bundle

IN_CHROMIUM = {Path(__file__).parent / name for name in ("browser", "commands", "stress")}


@pytest.fixture(scope="session")
def site():
    """Return the folder of the built site."""
    with bundling.lock():
        bundle.bundle(bundle.WEB, bundle.MODEL)
    return bundle.WEB


@pytest.fixture(scope="session")
def campaign(pytestconfig):
    """Return how much of a long campaign to run: `campaign(small, whole)`."""

    def campaign(small, whole):
        return whole if pytestconfig.getoption("--all") else small

    return campaign


@pytest.fixture
def add_row(record_property):
    """Add a row to a table that is printed after all tests: `add_row(title, **cells)`."""

    def add_row(title, **cells):
        record_property(tables.ROW, (title, {name: str(cell) for name, cell in cells.items()}))

    return add_row


def pytest_addoption(parser):
    parser.addoption("--all", action="store_true", help="run the long campaigns whole")
    parser.addoption("--engine", choices=ENGINES, help="run the tests of one browser engine alone")


def pytest_collection_modifyitems(config, items):
    if wanted := config.getoption("engine"):
        selected = {True: [], False: []}
        for item in items:
            selected[engine_of(item) in (None, wanted)].append(item)
        items[:] = selected[True]
        config.hook.pytest_deselected(items=selected[False])


def engine_of(item):
    """Return the engine that a test needs, None if it needs no browser."""
    in_chromium = not IN_CHROMIUM.isdisjoint(item.path.parents)
    return getattr(item.cls, "engine", "chromium" if in_chromium else None)


def pytest_terminal_summary(terminalreporter):
    reports = [  # a test's last report has all of its rows
        report
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", None) == "teardown"
    ]
    for title, rows in tables.rows_of(reports).items():
        terminalreporter.section(title)
        for line in tables.as_text(rows):
            terminalreporter.write_line(line)
