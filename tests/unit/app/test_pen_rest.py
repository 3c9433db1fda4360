"""When the pen rests, and what a screen reader then says: PenRest and Announcer."""

import asyncio
from types import SimpleNamespace

import pytest

from digits import pen_rest
from digits.page.answer import announcer
from digits.page.answer.announcer import PAUSE, Announcer
from digits.pen_rest import REST_DELAY, PenRest
from tests.unit.app.test_deferred_work import Background, Clock


@pytest.fixture
def clock(monkeypatch):
    """Replace the clock and the sleep function; return the simulated clock."""
    clock = Clock()
    for module in (pen_rest, announcer):
        monkeypatch.setattr(module, "time", clock)
        monkeypatch.setattr(module, "asyncio", clock)
    return clock


class FakePage:
    """A page with a pen and with texts that a screen reader could read.

    Attributes:
        pen: the PenRest.
        changes: for each change of `pen`, the time in seconds, and whether the pen then rests.
        texts: the texts that the page shows, by the name of their place.
        spoken: what the screen reader has said.
    """

    def __init__(self, clock):
        self.clock = clock
        self.background = Background()
        self.ink = SimpleNamespace(pen_is_down=False)
        self.pen = PenRest(self.ink, self.background.run)
        self.changes, self.spoken = [], []
        self.pen.changed.add(self._note_change)
        self.texts = {"digit": "", "doubt": "", "hint": "Draw a digit"}
        self.announcer = Announcer(
            self.pen, self.background.run, lambda: dict(self.texts), self.spoken.append
        )

    def _note_change(self):
        self.changes.append((self.clock.seconds, self.pen.is_resting))

    def move(self, *, is_down):
        self.ink.pen_is_down = is_down
        self.pen.note_moved()

    def show(self, **texts):
        """Show texts, and notify the announcer."""
        self.texts |= texts
        self.announcer.note_change()


def run(scenario, clock):
    """Run a scenario: a coroutine function that takes a FakePage."""

    async def main():
        page = FakePage(clock)
        await scenario(page)
        assert page.background.errors == []

    asyncio.run(main())


def test_the_pen_rests_when_it_was_lifted_some_time_ago(clock):
    async def scenario(page):
        assert page.pen.is_resting
        page.move(is_down=True)
        assert page.changes == [(100.0, False)]
        await page.background.wait_until_idle()
        assert not page.pen.is_resting  # it is held still, but it is down
        clock.seconds += 60
        page.move(is_down=True)
        page.move(is_down=False)
        lifted = clock.seconds
        await page.background.wait_until_idle()
        assert page.changes == [(100.0, False), (lifted + REST_DELAY, True)]

    run(scenario, clock)


def test_a_second_stroke_soon_after_the_first_continues_the_drawing(clock):
    async def scenario(page):
        page.move(is_down=True)
        page.move(is_down=False)
        clock.seconds += REST_DELAY / 2
        page.move(is_down=True)
        page.move(is_down=False)
        await page.background.wait_until_idle()
        assert page.changes == [(100.0, False), (100.0 + 1.5 * REST_DELAY, True)]

    run(scenario, clock)


def test_a_screen_reader_hears_one_sentence_when_the_pen_rests(clock):
    async def scenario(page):
        page.move(is_down=True)
        page.show(hint="")
        for label in ("1", "7", "2"):  # the page guesses while the digit is drawn
            page.show(digit=label)
            await page.background.wait_until_idle()
        assert page.spoken == []
        page.move(is_down=False)
        page.show(digit="3", doubt="Not sure: 3 or 8?")
        await page.background.wait_until_idle()
        assert page.spoken == ["3 Not sure: 3 or 8?"]

    run(scenario, clock)


def test_changes_that_follow_each_other_are_spoken_together_and_only_once(clock):
    async def scenario(page):
        page.show(digit="7")
        clock.seconds += PAUSE / 2
        page.show(doubt="As you taught it")
        await page.background.wait_until_idle()
        page.show()
        await page.background.wait_until_idle()
        page.show(doubt="")
        await page.background.wait_until_idle()
        assert page.spoken == ["7 As you taught it"]
        page.show(digit="", hint="Draw a digit")
        await page.background.wait_until_idle()
        page.show(digit="7", hint="")
        await page.background.wait_until_idle()
        assert page.spoken[1:] == ["7"]

    run(scenario, clock)
