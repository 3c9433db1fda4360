import asyncio
from types import SimpleNamespace

import pytest

from digits.page.panels import at_rest
from digits.page.panels.at_rest import REST, AtRest


class Clock:
    """A clock that moves only while the code under test sleeps."""

    def __init__(self):
        self.seconds = 100.0

    def monotonic(self):
        return self.seconds

    async def sleep(self, seconds):
        self.seconds += seconds


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(at_rest, "time", clock)
    monkeypatch.setattr(at_rest, "asyncio", clock)
    return clock


class Background:
    """Runs work as the page does. errors: of the work that has ended."""

    def __init__(self):
        self.tasks = []

    def run(self, work):
        self.tasks.append(asyncio.create_task(work))

    async def ended(self):
        for task in self.tasks:  # work may start other work
            await asyncio.wait([task])

    @property
    def errors(self):
        return [error for task in self.tasks if (error := task.exception())]


def app(*, pen_is_down=False):
    return SimpleNamespace(ink=SimpleNamespace(pen_is_down=pen_is_down))


def test_work_waits_until_nothing_else_has_been_shown_for_a_while(clock):
    async def scenario():
        background, times = Background(), []

        async def work():
            times.append(clock.seconds)

        waiting = AtRest(app(), work, background.run, "shown")
        waiting.request("shown")
        await background.ended()
        assert times == [100.0]
        waiting.request("another")
        assert not waiting.is_idle
        await background.ended()
        assert times == [100.0, 100.0 + REST]
        assert waiting.is_idle

    asyncio.run(scenario())


@pytest.mark.usefixtures("clock")
def test_no_work_is_done_while_the_pen_is_down():
    async def scenario():
        background, done = Background(), []

        async def work():
            done.append("work")

        waiting = AtRest(app(pen_is_down=True), work, background.run, None)
        waiting.request("shown")
        await background.ended()
        assert done == []
        assert waiting.is_idle

    asyncio.run(scenario())


@pytest.mark.usefixtures("clock")
def test_an_unforeseen_error_is_reported_and_the_next_request_is_served():
    async def scenario():
        background, done = Background(), []
        error = ZeroDivisionError("unforeseen")

        async def work():
            done.append(len(done))
            if len(done) == 1:
                waiting.request("requested during the run that fails")
                raise error

        waiting = AtRest(app(), work, background.run, None)
        waiting.request("shown")
        await background.ended()
        assert background.errors == [error]
        assert done == [0, 1]
        waiting.request("requested later")
        await background.ended()
        assert done == [0, 1, 2]

    asyncio.run(scenario())
