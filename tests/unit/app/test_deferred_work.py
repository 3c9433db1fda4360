"""DeferredWork: work that waits until the user has stopped drawing."""

import asyncio
from types import SimpleNamespace

import pytest

from digits.page.panels import deferred_work
from digits.page.panels.deferred_work import DELAY, DeferredWork


class Clock:
    """A simulated clock: its time advances only when `sleep` is called or a test changes it."""

    def __init__(self):
        self.seconds = 100.0

    def monotonic(self):
        return self.seconds

    async def sleep(self, seconds):
        self.seconds += seconds


@pytest.fixture
def clock(monkeypatch):
    """Replace the clock and the sleep function of `deferred_work`; return the simulated clock."""
    clock = Clock()
    monkeypatch.setattr(deferred_work, "time", clock)
    monkeypatch.setattr(deferred_work, "asyncio", clock)
    return clock


class Background:
    """Runs work in the background, as the page does."""

    def __init__(self):
        self.tasks = []

    def run(self, work):
        self.tasks.append(asyncio.create_task(work))

    async def wait_until_idle(self):
        """Wait until all work has ended, also work that other work has started."""
        for task in self.tasks:
            await asyncio.wait([task])

    @property
    def errors(self):
        """Return the errors that ended the work."""
        return [error for task in self.tasks if (error := task.exception())]


def app(*, pen_is_down=False):
    """Return a replacement for the app that only knows whether the pen is down."""
    return SimpleNamespace(ink=SimpleNamespace(pen_is_down=pen_is_down))


def test_work_starts_at_once_for_the_object_that_is_shown_and_after_a_pause_for_another(
    clock,
):
    async def scenario():
        background, times = Background(), []

        async def work():
            times.append(clock.seconds)

        scheduler = DeferredWork(app(), work, background.run, "shown")
        scheduler.request("shown")
        await background.wait_until_idle()
        assert times == [100.0]
        scheduler.request("another")
        assert not scheduler.is_idle
        await background.wait_until_idle()
        assert times == [100.0, 100.0 + DELAY]
        assert scheduler.is_idle

    asyncio.run(scenario())


@pytest.mark.usefixtures("clock")
def test_work_is_skipped_while_the_pen_is_down():
    async def scenario():
        background, done = Background(), []

        async def work():
            done.append("work")

        scheduler = DeferredWork(app(pen_is_down=True), work, background.run, None)
        scheduler.request("shown")
        await background.wait_until_idle()
        assert done == []
        assert scheduler.is_idle

    asyncio.run(scenario())


@pytest.mark.usefixtures("clock")
def test_a_request_starts_the_work_again_after_an_error():
    async def scenario():
        background, runs = Background(), []
        error = ZeroDivisionError("unforeseen")

        async def work():
            runs.append("run")
            if len(runs) == 1:
                scheduler.request("requested during the run that fails")
                raise error

        scheduler = DeferredWork(app(), work, background.run, None)
        scheduler.request("shown")
        await background.wait_until_idle()
        assert background.errors == [error]
        assert len(runs) == 2
        scheduler.request("requested later")
        await background.wait_until_idle()
        assert len(runs) == 3

    asyncio.run(scenario())
