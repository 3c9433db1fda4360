"""Fixtures of all tests, the tables of results, and the options of the test suite.

With the option `--all`, the long tests run all 60 cases of the command `faults`, all 100 cases of
`fuzz`, a tenth of `soak`, and the training of `build.py --quick`; a few other tests check more
cases. Without it, all of these tests run only a small part of that. The option `--engine` leaves
out the tests that need another browser engine.
"""

from pathlib import Path

import pytest

from tests.support import bundling, tables
from tools.env.engines import ENGINES
from tools.site import bundle

CHROMIUM_FOLDERS = {Path(__file__).parent / name for name in ("browser", "commands", "stress")}
"""The folders whose tests run in Chromium only."""


@pytest.fixture(scope="session")
def site():
    """Build the site, and return its folder."""
    with bundling.lock():
        bundle.bundle(bundle.WEB, bundle.MODEL)
    return bundle.WEB


@pytest.fixture(scope="session")
def select_size(pytestconfig):
    """Return a function `select_size(small, full)`.

    The function returns `full` with the option --all, and `small` without it.
    """

    def select_size(small, full):
        return full if pytestconfig.getoption("--all") else small

    return select_size


@pytest.fixture
def add_row(record_property):
    """Return a function `add_row(title, **cells)`.

    The function adds a row to the table with this title. Each keyword is a column with its cell.
    All tables are printed after the tests.
    """

    def add_row(title, **cells):
        record_property(
            tables.ROW_PROPERTY, (title, {name: str(cell) for name, cell in cells.items()})
        )

    return add_row


def pytest_addoption(parser):
    """Add the options of the test suite."""
    parser.addoption(
        "--all",
        action="store_true",
        help="also run 60 faults, 100 fuzz cases, a tenth of soak, and build.py --quick",
    )
    parser.addoption(
        "--engine", choices=ENGINES, help="leave out the tests of other browser engines"
    )


def pytest_collection_modifyitems(config, items):
    """With --engine, deselect the tests that need another browser engine."""
    if engine := config.getoption("engine"):
        is_selected = {True: [], False: []}
        for item in items:
            is_selected[engine_of(item) in (None, engine)].append(item)
        items[:] = is_selected[True]
        config.hook.pytest_deselected(items=is_selected[False])


def engine_of(item):
    """Return the name of the browser engine that a test needs; None if it needs no browser."""
    in_chromium = not CHROMIUM_FOLDERS.isdisjoint(item.path.parents)
    return getattr(item.cls, "engine", "chromium" if in_chromium else None)


def pytest_terminal_summary(terminalreporter):
    """Print the tables that the tests have filled."""
    reports = [  # the last report of a test contains all of its rows
        report
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", None) == "teardown"
    ]
    for title, rows in tables.collect_tables(reports).items():
        terminalreporter.section(title)
        for line in tables.format_table(rows):
            terminalreporter.write_line(line)
