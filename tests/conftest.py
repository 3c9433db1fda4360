from pathlib import Path

import pytest

from tests.support import bundling, tables
from tools.env.engines import ENGINES
from tools.site import bundle

BROWSER_TESTS = Path(__file__).parent / "browser"


@pytest.fixture(scope="session")
def site():
    """The folder of the built site."""
    with bundling.alone():
        bundle.bundle(bundle.WEB, bundle.MODEL)
    return bundle.WEB


@pytest.fixture
def tell(record_property):
    """Add a row to a table that is printed when all tests have ended: its title, then its cells."""

    def tell(title, **cells):
        record_property(tables.KEY, (title, {name: str(cell) for name, cell in cells.items()}))

    return tell


def pytest_addoption(parser):
    parser.addoption("--engine", choices=ENGINES, help="leave the tests of other engines out")


def pytest_collection_modifyitems(config, items):
    if wanted := config.getoption("engine"):
        parts = {True: [], False: []}
        for item in items:
            parts[engine_of(item) in (None, wanted)].append(item)
        items[:] = parts[True]
        config.hook.pytest_deselected(items=parts[False])


def engine_of(item):
    """Tell which engine a test needs, if it needs one."""
    in_browser = BROWSER_TESTS in item.path.parents
    return getattr(item.cls, "engine", "chromium" if in_browser else None)


def pytest_terminal_summary(terminalreporter):
    reports = [  # the last one of each test has all that was told
        report
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", None) == "teardown"
    ]
    for title, rows in tables.rows_of(reports).items():
        terminalreporter.section(title)
        for line in tables.as_text(rows):
            terminalreporter.write_line(line)
