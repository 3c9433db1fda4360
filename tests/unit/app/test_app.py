import asyncio

import pytest

from digits.app import App
from digits.drawing.ink import Ink
from digits.drawing.raster import rasterise
from offline_onnx import ModelUnavailable, Origin, SessionError, Unreachable
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
        await asyncio.wait_for(self.news.wait(), 5)
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
    task = asyncio.create_task(app.read_live())
    try:
        await scenario(app, app.view)
    finally:
        task.cancel()


def test_a_drawing_that_waits_is_read_once_the_model_is_there():
    async def scenario(app, screen):
        draw(app.ink)
        app.ink_changed()
        await app.open()
        # The digit comes first: what is told with it takes time.
        assert screen.shown == [("number", "0"), ("origin", Origin.STORED)]

    asyncio.run(running(scenario))


BAR, STEM, LOWER = [(0.3, 0.2), (0.5, 0.2)], [(0.5, 0.2), (0.4, 0.8)], [(0.1, 0.2), (0.1, 0.8)]


def test_the_digits_of_a_number_are_read_in_one_run_and_told_left_to_right():
    session = CountingSession()

    async def scenario(app, screen):
        await app.open()
        screen.news.clear()
        draw_strokes(app.ink, BAR, LOWER, STEM)
        app.ink_changed()
        assert await screen.next() == ("number", "00")
        assert session.runs == [(2, 28, 28, 1)]
        one, seven = screen.digits
        assert one.box == (0.1, 0.2, 0.1, 0.8)
        assert seven.box == (0.3, 0.2, 0.5, 0.8)
        assert one.image == rasterise([LOWER])
        assert seven.image == rasterise([BAR, STEM])

    asyncio.run(running(scenario, session=session))


@pytest.mark.parametrize(("last", "newest"), [(STEM, 1), (LOWER, 0)])
def test_the_newest_digit_is_the_one_that_the_last_stroke_belongs_to(last, newest):
    async def scenario(app, screen):
        await app.open()
        screen.news.clear()
        draw_strokes(app.ink, *(stroke for stroke in (BAR, STEM, LOWER) if stroke != last), last)
        app.ink_changed()
        await screen.next()
        assert (len(screen.digits), screen.chosen) == (2, newest)
        assert app.digit is screen.digits[newest]

    asyncio.run(running(scenario))


DOT = [(0.9, 0.9), (0.9, 0.9)]


def test_a_digit_that_was_chosen_stays_so_until_the_drawing_changes():
    async def scenario(app, screen):
        await app.open()
        assert app.digit is None
        screen.news.clear()
        draw_strokes(app.ink, LOWER, BAR, STEM)
        app.ink_changed()
        await screen.next()
        app.choose(0)
        assert (await screen.next(), screen.chosen) == (("number", "00"), 0)
        assert app.digit is screen.digits[0]
        app.read_again()  # after a lesson, say
        await screen.next()
        assert (len(screen.digits), screen.chosen) == (2, 0)
        assert app.digit is screen.digits[0]
        draw_strokes(app.ink, DOT)
        app.ink_changed()
        await screen.next()
        assert (len(screen.digits), screen.chosen) == (3, 2)
        app.choose(1)
        await screen.next()
        app.read_picture(PICTURE)
        await screen.next()
        assert (len(screen.digits), screen.chosen) == (1, 0)

    asyncio.run(running(scenario))


def test_what_is_chosen_while_a_shorter_number_is_being_read_gives_way_to_it():
    class Slow(CountingSession):
        async def run(self, inputs, outputs=None):
            if len(self.runs) == 1:
                self.app.choose(1)
            return await super().run(inputs, outputs)

    session = Slow()

    async def scenario(app, screen):
        session.app = app
        await app.open()
        screen.news.clear()
        draw_strokes(app.ink, BAR, LOWER)
        app.ink_changed()
        await screen.next()
        app.ink.undo()
        app.ink_changed()
        await screen.next()
        assert [text for _, text in screen.shown[2:]] == ["00", "00", "0"]
        assert (app.chosen, app.digit) == (0, screen.digits[0])

    asyncio.run(running(scenario, session=session))


def test_an_empty_sheet_shows_no_digit():
    async def scenario(app, screen):
        await app.open()
        assert screen.shown[0] == ("nothing",)
        screen.news.clear()
        draw(app.ink)
        app.ink_changed()
        assert (await screen.next())[0] == "number"
        app.ink.undo()
        app.ink_changed()
        assert await screen.next() == ("nothing",)

    asyncio.run(running(scenario))


def test_many_changes_during_one_reading_are_read_once_at_the_end():
    session = CountingSession()

    async def scenario(app, screen):
        await app.open()
        screen.news.clear()
        draw(app.ink)
        for _ in range(100):
            app.ink_changed()
        await screen.next()
        assert len(session.runs) == 1

    asyncio.run(running(scenario, session=session))


def test_a_sheet_cleared_during_a_reading_shows_no_digit():
    class Slow(CountingSession):
        async def run(self, inputs, outputs=None):
            self.app.ink.clear()
            self.app.ink_changed()
            return await super().run(inputs, outputs)

    session = Slow()

    async def scenario(app, screen):
        session.app = app
        await app.open()
        screen.news.clear()
        draw(app.ink)
        app.ink_changed()
        assert await screen.next() == ("nothing",)
        assert "number" not in [kind for kind, *_ in screen.shown]

    asyncio.run(running(scenario, session=session))


def test_a_gesture_that_leaves_the_sheet_and_comes_back_is_one_digit():
    async def scenario(app, screen):
        await app.open()
        screen.news.clear()
        app.ink.begin((0.3, 0.1))
        for point in ((0.2, 0.5), (0.3, 1.1), (0.6, 1.1), (0.7, 0.5), (0.6, 0.1)):
            app.ink.extend(point)
        app.ink.end()
        app.ink_changed()
        assert len(app.ink.strokes) == 2
        await screen.next()
        (digit,) = screen.digits
        assert digit.image == rasterise(app.ink.strokes)

    asyncio.run(running(scenario))


PICTURE = rasterise([[(0, 0), (1, 1)]])


def test_a_picture_is_read_in_place_of_the_drawing_until_that_changes():
    async def scenario(app, screen):
        await app.open()
        draw(app.ink)
        screen.news.clear()
        app.read_picture(PICTURE)
        await screen.next()
        (digit,) = screen.digits
        assert digit.image == PICTURE
        assert digit.box == (0, 0, 1, 1)
        app.ink_changed()
        await screen.next()
        assert screen.digits[0].image == rasterise(app.ink.strokes)

    asyncio.run(running(scenario))


@pytest.mark.parametrize("picture_first", [True, False])
def test_what_came_last_is_shown_though_the_other_is_being_read(picture_first):
    class Slow(CountingSession):
        async def run(self, inputs, outputs=None):
            if len(self.runs) == 0:
                self.app.ink_changed() if picture_first else self.app.read_picture(PICTURE)
            return await super().run(inputs, outputs)

    session = Slow()

    async def scenario(app, screen):
        session.app = app
        await app.open()
        draw(app.ink)
        screen.news.clear()
        app.read_picture(PICTURE) if picture_first else app.ink_changed()
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
        await app.open()
        assert await screen.next() == ("failure", ModelUnavailable)
        await app.open()
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
        await app.open()
        screen.news.clear()
        draw(app.ink)
        app.ink_changed()
        assert await screen.next() == ("failure", SessionError)
        app.ink_changed()
        assert (await screen.next())[0] == "number"

    asyncio.run(running(scenario, session=Failing()))


def test_an_error_that_nobody_foresaw_is_not_swallowed():
    class Broken(CountingSession):
        async def run(self, inputs, outputs=None):
            raise ZeroDivisionError

    async def scenario():
        async def load():
            return model_of(Broken())

        app = App(Ink(), Screen(), load)
        await app.open()
        draw(app.ink)
        app.ink_changed()
        await asyncio.wait_for(app.read_live(), 5)

    with pytest.raises(ZeroDivisionError):
        asyncio.run(scenario())
