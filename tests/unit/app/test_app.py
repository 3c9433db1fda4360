import asyncio

import pytest

from digits.app import App
from digits.drawing.ink import Ink
from digits.drawing.raster import rasterise
from offline_onnx import ModelUnavailable, Origin, SessionError, Unreachable
from tests.support.time_limits import TIMEOUT
from tests.unit.fakes import CountingSession, model_of


class Screen:
    def __init__(self):
        self.shown = []
        self.news = asyncio.Event()

    def _show(self, *what):
        self.shown.append(what)
        self.news.set()

    def show_nothing(self):
        self._show("nothing")

    def show_number(self, digits, chosen):
        self.digits, self.chosen = digits, chosen
        self._show("number", "".join(digit.reading.label for digit in digits))

    def show_origin(self, model):
        self._show("origin", model.origin)

    def show_failure(self, error):
        self._show("failure", type(error))

    async def next(self):
        await asyncio.wait_for(self.news.wait(), TIMEOUT)
        self.news.clear()
        return self.shown[-1]


def draw(ink):
    draw_strokes(ink, [(0.2, 0.2), (0.8, 0.8)])


def draw_strokes(ink, *strokes):
    for first, *rest in strokes:
        ink.begin(first)
        for point in rest:
            ink.extend(point)
        ink.end()


async def running(scenario, load=None, session=None):
    async def load_model():
        return model_of(session or CountingSession())

    app = App(Ink(), Screen(), load or load_model)
    task = asyncio.create_task(app.read_whenever_changed())
    try:
        await scenario(app, app.view)
    finally:
        task.cancel()


def test_a_drawing_made_before_the_model_is_loaded_is_read_afterwards():
    async def scenario(app, screen):
        draw(app.ink)
        app.drawing_changed()
        await app.load_and_use()
        # The digit comes first: showing the model's origin takes time.
        assert screen.shown == [("number", "0"), ("origin", Origin.STORED)]

    asyncio.run(running(scenario))


BAR, STEM, LOWER = [(0.3, 0.2), (0.5, 0.2)], [(0.5, 0.2), (0.4, 0.8)], [(0.1, 0.2), (0.1, 0.8)]


def test_the_digits_of_a_number_are_read_in_one_run_and_shown_left_to_right():
    session = CountingSession()

    async def scenario(app, screen):
        await app.load_and_use()
        screen.news.clear()
        draw_strokes(app.ink, BAR, LOWER, STEM)
        app.drawing_changed()
        assert await screen.next() == ("number", "00")
        assert session.runs == [(2, 28, 28, 1)]
        one, seven = screen.digits
        assert one.box == (0.1, 0.2, 0.1, 0.8)
        assert seven.box == (0.3, 0.2, 0.5, 0.8)
        assert one.image == rasterise([LOWER])
        assert seven.image == rasterise([BAR, STEM])

    asyncio.run(running(scenario, session=session))


@pytest.mark.parametrize(("last", "newest"), [(STEM, 1), (LOWER, 0)])
def test_the_digit_of_the_last_stroke_is_chosen(last, newest):
    async def scenario(app, screen):
        await app.load_and_use()
        screen.news.clear()
        draw_strokes(app.ink, *(stroke for stroke in (BAR, STEM, LOWER) if stroke != last), last)
        app.drawing_changed()
        await screen.next()
        assert (len(screen.digits), screen.chosen) == (2, newest)
        assert app.chosen_digit is screen.digits[newest]

    asyncio.run(running(scenario))


DOT = [(0.9, 0.9), (0.9, 0.9)]


def test_a_chosen_digit_stays_chosen_until_the_drawing_changes():
    async def scenario(app, screen):
        await app.load_and_use()
        assert app.chosen_digit is None
        screen.news.clear()
        draw_strokes(app.ink, LOWER, BAR, STEM)
        app.drawing_changed()
        await screen.next()
        app.choose(0)
        assert (await screen.next(), screen.chosen) == (("number", "00"), 0)
        assert app.chosen_digit is screen.digits[0]
        app.request_reread()  # after a lesson, say
        await screen.next()
        assert (len(screen.digits), screen.chosen) == (2, 0)
        assert app.chosen_digit is screen.digits[0]
        draw_strokes(app.ink, DOT)
        app.drawing_changed()
        await screen.next()
        assert (len(screen.digits), screen.chosen) == (3, 2)
        app.choose(1)
        await screen.next()
        app.switch_to_picture(PICTURE)
        await screen.next()
        assert (len(screen.digits), screen.chosen) == (1, 0)

    asyncio.run(running(scenario))


def test_a_choice_made_during_a_reading_does_not_outlive_it():
    class Slow(CountingSession):
        async def run(self, inputs, outputs=None):
            if len(self.runs) == 1:
                self.app.choose(1)
            return await super().run(inputs, outputs)

    session = Slow()

    async def scenario(app, screen):
        session.app = app
        await app.load_and_use()
        screen.news.clear()
        draw_strokes(app.ink, BAR, LOWER)
        app.drawing_changed()
        await screen.next()
        app.ink.undo()
        app.drawing_changed()
        await screen.next()
        assert [text for _, text in screen.shown[2:]] == ["00", "00", "0"]
        assert (app.chosen, app.chosen_digit) == (0, screen.digits[0])

    asyncio.run(running(scenario, session=session))


def test_an_empty_sheet_shows_no_digit():
    async def scenario(app, screen):
        await app.load_and_use()
        assert screen.shown[0] == ("nothing",)
        screen.news.clear()
        draw(app.ink)
        app.drawing_changed()
        assert (await screen.next())[0] == "number"
        app.ink.undo()
        app.drawing_changed()
        assert await screen.next() == ("nothing",)

    asyncio.run(running(scenario))


def test_many_changes_during_one_reading_are_read_once_at_the_end():
    session = CountingSession()

    async def scenario(app, screen):
        await app.load_and_use()
        screen.news.clear()
        draw(app.ink)
        for _ in range(100):
            app.drawing_changed()
        await screen.next()
        assert len(session.runs) == 1

    asyncio.run(running(scenario, session=session))


def test_a_sheet_cleared_during_a_reading_shows_no_digit():
    class Slow(CountingSession):
        async def run(self, inputs, outputs=None):
            self.app.ink.clear()
            self.app.drawing_changed()
            return await super().run(inputs, outputs)

    session = Slow()

    async def scenario(app, screen):
        session.app = app
        await app.load_and_use()
        screen.news.clear()
        draw(app.ink)
        app.drawing_changed()
        assert await screen.next() == ("nothing",)
        assert "number" not in [kind for kind, *_ in screen.shown]

    asyncio.run(running(scenario, session=session))


def test_a_gesture_that_leaves_the_sheet_and_comes_back_is_one_digit():
    async def scenario(app, screen):
        await app.load_and_use()
        screen.news.clear()
        app.ink.begin((0.3, 0.1))
        for point in ((0.2, 0.5), (0.3, 1.1), (0.6, 1.1), (0.7, 0.5), (0.6, 0.1)):
            app.ink.extend(point)
        app.ink.end()
        app.drawing_changed()
        assert len(app.ink.strokes) == 2
        await screen.next()
        (digit,) = screen.digits
        assert digit.image == rasterise(app.ink.strokes)

    asyncio.run(running(scenario))


PICTURE = rasterise([[(0, 0), (1, 1)]])


def test_a_picture_is_read_in_place_of_the_drawing_until_that_changes():
    async def scenario(app, screen):
        await app.load_and_use()
        draw(app.ink)
        screen.news.clear()
        app.switch_to_picture(PICTURE)
        await screen.next()
        (digit,) = screen.digits
        assert digit.image == PICTURE
        assert digit.box == (0, 0, 1, 1)
        app.drawing_changed()
        await screen.next()
        assert screen.digits[0].image == rasterise(app.ink.strokes)

    asyncio.run(running(scenario))


@pytest.mark.parametrize("picture_first", [True, False])
def test_the_latest_of_picture_and_drawing_is_shown_though_the_other_is_being_read(picture_first):
    class Slow(CountingSession):
        async def run(self, inputs, outputs=None):
            if len(self.runs) == 0:
                self.app.drawing_changed() if picture_first else self.app.switch_to_picture(PICTURE)
            return await super().run(inputs, outputs)

    session = Slow()

    async def scenario(app, screen):
        session.app = app
        await app.load_and_use()
        draw(app.ink)
        screen.news.clear()
        app.switch_to_picture(PICTURE) if picture_first else app.drawing_changed()
        await screen.next()
        assert len(session.runs) == 2
        assert [kind for kind, *_ in screen.shown].count("number") == 1
        last = rasterise(app.ink.strokes) if picture_first else PICTURE
        assert screen.digits[0].image == last

    asyncio.run(running(scenario, session=session))


def test_a_failed_load_is_shown_and_can_be_tried_again():
    answers = [ModelUnavailable(Unreachable("x", "offline"))]

    async def load():
        if answers:
            raise answers.pop()
        return model_of(CountingSession(), Origin.DOWNLOADED)

    async def scenario(app, screen):
        draw(app.ink)
        await app.load_and_use()
        assert await screen.next() == ("failure", ModelUnavailable)
        await app.load_and_use()
        assert screen.shown[1:] == [("number", "0"), ("origin", Origin.DOWNLOADED)]

    asyncio.run(running(scenario, load=load))


def test_a_failed_reading_is_shown_and_the_next_one_works():
    class Failing(CountingSession):
        failures = 1

        async def run(self, inputs, outputs=None):
            if self.failures:
                self.failures -= 1
                raise SessionError("no")
            return await super().run(inputs, outputs)

    async def scenario(app, screen):
        await app.load_and_use()
        screen.news.clear()
        draw(app.ink)
        app.drawing_changed()
        assert await screen.next() == ("failure", SessionError)
        app.drawing_changed()
        assert (await screen.next())[0] == "number"

    asyncio.run(running(scenario, session=Failing()))


def test_an_unforeseen_error_is_shown_and_the_next_change_is_read():
    class Broken(CountingSession):
        failures = 1

        async def run(self, inputs, outputs=None):
            if self.failures:
                self.failures -= 1
                raise ZeroDivisionError
            return await super().run(inputs, outputs)

    async def scenario(app, screen):
        await app.load_and_use()
        screen.news.clear()
        draw(app.ink)
        app.drawing_changed()
        assert await screen.next() == ("failure", ZeroDivisionError)
        app.drawing_changed()
        assert (await screen.next())[0] == "number"

    asyncio.run(running(scenario, session=Broken()))


class HeldSession(CountingSession):
    """A session whose runs end only after `let_go` is set."""

    def __init__(self):
        super().__init__()
        self.began, self.let_go = asyncio.Event(), asyncio.Event()
        self.log = []

    async def run(self, inputs, outputs=None):
        self.began.set()
        await self.let_go.wait()
        self.log.append("run ended")
        return await super().run(inputs, outputs)

    async def release(self):
        self.log.append("released")


def test_a_model_is_released_when_its_last_run_has_ended():
    async def scenario():
        held = HeldSession()
        app = App(Ink(), Screen(), load=None)
        await app.use(model_of(held))
        panel = asyncio.create_task(app.recogniser.read([PICTURE]))
        await held.began.wait()
        switch = asyncio.create_task(app.use(model_of(CountingSession(), Origin.GIVEN)))
        for _ in range(10):
            await asyncio.sleep(0)
        assert held.log == []
        held.let_go.set()
        await asyncio.wait_for(switch, TIMEOUT)
        assert held.log == ["run ended", "released"]
        assert (await panel)[0].label == "0"
        assert app.view.shown[-1] == ("origin", Origin.GIVEN)

    asyncio.run(scenario())


def test_listeners_hear_of_each_number_each_choice_and_each_model():
    told = []

    async def scenario(app, screen):
        app.changed.add(lambda: told.append((app.text, app.chosen, app.model.origin)))
        await app.load_and_use()
        told.clear()
        screen.news.clear()
        draw_strokes(app.ink, BAR, STEM, LOWER)
        app.drawing_changed()
        await screen.next()
        app.choose(1)
        await app.use(model_of(CountingSession(), Origin.GIVEN))
        assert told[:2] == [("00", 0, Origin.STORED), ("00", 1, Origin.STORED)]
        assert told[-1] == ("00", 1, Origin.GIVEN)

    asyncio.run(running(scenario))


def test_listeners_hear_of_it_before_a_number_gives_way_to_an_unrelated_one():
    told = []

    async def scenario(app, screen):
        app.before_replacement.add(lambda: told.append(app.text))
        await app.load_and_use()
        draw_strokes(app.ink, BAR, STEM, LOWER)
        screen.news.clear()
        app.drawing_changed()
        await screen.next()
        assert told == []
        app.switch_to_picture(PICTURE)
        assert told == ["00"]
        await screen.next()
        app.drawing_changed()
        assert told == ["00", "0"]
        await screen.next()
        app.clear_drawing()
        assert told == ["00", "0", "00"]
        assert app.ink.is_empty

    asyncio.run(running(scenario))
