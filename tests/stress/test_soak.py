"""A short soak test, or a tenth of the full one with `--all`; `build.py soak` runs the full one.

These tests show delays and the storage in use in the table of results but do not check them: other
tests may run at the same time, and without a restart the browser may not have written all data. The
command `soak` also checks these values, so it has to run on an idle machine.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.stress.soak import report, run

pytestmark = pytest.mark.usefixtures("site")


@pytest.fixture
def soak(browser_type_launch_args):
    """Return a function that runs a part of the soak test, such as `soak(run.run_drawings, 200)`.

    The part runs in its own thread, because Playwright's event loop may run in this thread.
    """

    def soak(part, *counts, **options):
        work = part(browser_type_launch_args["executable_path"], *counts, **options)
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(asyncio.run, work).result()

    return soak


@pytest.fixture
def show(add_row):
    """Return a function that adds rows to the table of results: `show(rows)`."""

    def show(rows):
        for row in rows:
            add_row("Long use", **row.cells)

    return show


@pytest.fixture
def check(show):
    """Return a function that adds rows to the table, and expects that all are acceptable."""

    def check(rows):
        show(rows)
        assert [row for row in rows if not row.good] == []

    return check


def test_drawings_do_not_increase_memory_or_the_number_of_objects(soak, select_size, check, show):
    drawn = soak(run.run_drawings, select_size(100, 1000))
    show(report.latency_rows(drawn))
    check(report.drawing_rows(drawn))


def test_reloads_and_updates_leave_no_entries_of_older_versions(soak, select_size, check, show):
    counts, restart = select_size(((2, 2), False), ((30, 5), True))
    visits = soak(run.run_visits, *counts, restart=restart)
    show(report.disk_rows(visits))
    check(report.visit_rows(visits))


def test_many_taught_examples_are_shown_and_digits_are_read_correctly(
    soak, select_size, check, show
):
    lessons = soak(run.run_teaching, select_size(100, run.MAX_EXAMPLES))
    show(report.speed_rows(lessons))
    check(report.teaching_rows(lessons))
