"""PenRest: whether the user is drawing."""

import asyncio
from types import SimpleNamespace

import pytest

from digits import pen_rest
from digits.page.answer import announcer
from digits.page.answer.announcer import PAUSE, Announcer
from digits.pen_rest import DELAY, PenRest
from tests.unit.app.test_deferred_work import Background, Clock


@pytest.fixture
def clock(monkeypatch):
    """Replace the clock and the sleep function; return the simulated clock."""
    clock = Clock()
    for module in (pen_rest, announcer):
        monkeypatch.setattr(module, "time", clock)
        monkeypatch.setattr(module, "asyncio", clock)
    return clock


class Desk:
    """A pen, texts that a screen reader could read, and a record of what happens."""

    def __init__(self, clock):
        self.clock = clock
        self.background = Background()
        self.ink = SimpleNamespace(pen_is_down=False)
        self.pen = PenRest(self.ink, self.background.run)
        self.rests, self.spoken = [], []
        self.pen.changed.add(lambda: self.rests.append((clock.seconds, self.pen.is_resting)))
        self.texts = {"digit": "", "doubt": "", "hint": "Draw a digit"}
        self.announcer = Announcer(
            self.pen, self.background.run, lambda: dict(self.texts), self.spoken.append
        )

    def move(self, *, is_down):
        self.ink.pen_is_down = is_down
        self.pen.moved()

    def show(self, **texts):
        """Show texts, of which the page notifies the announcer."""
        self.texts |= texts
        self.announcer.note_change()


def run(scenario, clock):
    """Run a scenario: a coroutine function of a desk."""

    async def main():
        desk = Desk(clock)
        await scenario(desk)
        assert desk.background.errors == []

    asyncio.run(main())


def test_the_pen_rests_when_it_was_lifted_some_time_ago(clock):
    async def scenario(desk):
        assert desk.pen.is_resting
        desk.move(is_down=True)
        assert desk.rests == [(100.0, False)]
        await desk.background.wait_until_idle()
        assert not desk.pen.is_resting  # it is held still, but it is down
        clock.seconds += 60
        desk.move(is_down=True)
        desk.move(is_down=False)
        lifted = clock.seconds
        await desk.background.wait_until_idle()
        assert desk.rests == [(100.0, False), (lifted + DELAY, True)]

    run(scenario, clock)


def test_a_second_stroke_soon_after_the_first_continues_the_drawing(clock):
    async def scenario(desk):
        desk.move(is_down=True)
        desk.move(is_down=False)
        clock.seconds += DELAY / 2
        desk.move(is_down=True)
        desk.move(is_down=False)
        await desk.background.wait_until_idle()
        assert desk.rests == [(100.0, False), (100.0 + 1.5 * DELAY, True)]

    run(scenario, clock)


def test_a_screen_reader_hears_one_sentence_when_the_pen_rests(clock):
    async def scenario(desk):
        desk.move(is_down=True)
        desk.show(hint="")
        for label in ("1", "7", "2"):  # the page guesses while the digit is drawn
            desk.show(digit=label)
            await desk.background.wait_until_idle()
        assert desk.spoken == []
        desk.move(is_down=False)
        desk.show(digit="3", doubt="Not sure: 3 or 8?")
        await desk.background.wait_until_idle()
        assert desk.spoken == ["3 Not sure: 3 or 8?"]

    run(scenario, clock)


def test_changes_that_follow_each_other_are_spoken_together_and_only_once(clock):
    async def scenario(desk):
        desk.show(digit="7")
        clock.seconds += PAUSE / 2
        desk.show(doubt="As you taught it")
        await desk.background.wait_until_idle()
        desk.show()
        await desk.background.wait_until_idle()
        desk.show(doubt="")
        await desk.background.wait_until_idle()
        assert desk.spoken == ["7 As you taught it"]
        desk.show(digit="", hint="Draw a digit")
        await desk.background.wait_until_idle()
        desk.show(digit="7", hint="")
        await desk.background.wait_until_idle()
        assert desk.spoken[1:] == ["7"]

    run(scenario, clock)
