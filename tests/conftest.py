import pytest

from tests import tables


@pytest.fixture
def tell(record_property):
    """Add a row to a table that is printed when all tests have ended: its title, then its cells."""

    def tell(title, **cells):
        record_property(tables.KEY, (title, {name: str(cell) for name, cell in cells.items()}))

    return tell


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
