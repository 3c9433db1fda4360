"""A long use in small, with `--all` a tenth of it; `python build.py soak` plays all of it.

Times are shown in the table and judged by `soak` alone, on a machine with nothing else to do.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.stress.soak import report, run

pytestmark = pytest.mark.usefixtures("site")


@pytest.fixture
def soak(browser_type_launch_args):
    """Run a part of the soak in a thread: Playwright's own event loop may run in this one."""

    def soak(part, *counts):
        work = part(browser_type_launch_args["executable_path"], *counts)
        with ThreadPoolExecutor(1) as other:
            return other.submit(asyncio.run, work).result()

    return soak


@pytest.fixture
def show(add_row):
    """Add rows to the table, without judging them."""

    def show(rows):
        for row in rows:
            add_row("Long use", **row.cells)

    return show


@pytest.fixture
def check(show):
    """Add rows to the table, and expect each measure to be good."""

    def check(rows):
        show(rows)
        assert [row for row in rows if not row.good] == []

    return check


def test_drawings_in_one_page_leave_nothing_behind(soak, select_size, check, show):
    drawn = soak(run.drawings, select_size(200, 1000))
    show(report.of_latency(drawn))
    check(report.of_drawings(drawn))


def test_reloads_and_updates_leave_nothing_of_older_versions(soak, select_size, check, show):
    visits = soak(run.visits, *select_size((2, 2), (30, 5)))
    show(report.of_disk(visits))
    check(report.of_visits(visits))


def test_many_examples_are_learned_and_shown_and_readings_stay_right(
    soak, select_size, check, show
):
    lessons = soak(run.lessons, select_size(200, run.EXAMPLES))
    show(report.of_pace(lessons))
    check(report.of_lessons(lessons))
