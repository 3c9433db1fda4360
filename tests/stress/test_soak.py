"""A tenth of a long use; `python build.py soak` plays all of it, and judges its times, too."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.stress.soak import report, run

pytestmark = pytest.mark.usefixtures("site")


@pytest.fixture
def soak(browser_type_launch_args):
    """Run a part of the soak: in a thread, for Playwright's own event loop may run in this one."""

    def soak(part, *counts):
        work = part(browser_type_launch_args["executable_path"], *counts)
        with ThreadPoolExecutor(1) as other:
            return other.submit(asyncio.run, work).result()

    return soak


@pytest.fixture
def hold(tell):
    """Tell rows, and hold the measures to what they should be."""

    def hold(rows):
        for row in rows:
            tell("Long use", **row.cells)
        assert [row for row in rows if not row.good] == []

    return hold


def test_of_a_thousand_drawings_in_one_page_nothing_is_left(soak, hold, tell):
    drawn = soak(run.drawings, 1000)
    for row in report.of_latency(drawn):
        tell("Long use", **row.cells)
    hold(report.of_drawings(drawn))


def test_of_reloads_and_updates_no_older_version_leaves_anything(soak, hold, tell):
    lived = soak(run.visits, 30, 5)
    for row in report.of_disk(lived):
        tell("Long use", **row.cells)
    hold(report.of_visits(lived))


def test_a_thousand_examples_are_taken_shown_and_leave_readings_as_they_were(soak, hold, tell):
    learned = soak(run.lessons, run.EXAMPLES)
    for row in report.of_pace(learned):
        tell("Long use", **row.cells)
    hold(report.of_lessons(learned))
