"""The state of the app: when it reads the drawing or picture, and what it shows."""

import asyncio

import pytest

from digits.app import App
from digits.drawing.ink import Ink
from digits.drawing.raster import rasterise
from digits.drawing.source import DrawingSource
from offline_onnx import ModelUnavailable, Origin
from offline_onnx.errors import SessionError, Unreachable
from tests.support.time_limits import TIMEOUT
from tests.unit.fakes import FakeSession, model_of


class FakeView:
    """A View that records what it shows.

    Attributes:
        shown: all calls, each as a tuple: what is shown, then its text, origin or error type if it
            has one.
        digits: the digits of the latest number.
        chosen: the index of the chosen digit of the latest number.
        has_new_call: set by each call, and cleared by `next_call`.
    """

    def __init__(self):
        self.shown = []
        self.has_new_call = asyncio.Event()

    def _record(self, *call):
        self.shown.append(call)
        self.has_new_call.set()

    def show_nothing(self):
        self._record("nothing")

    def show_symbols(self, digits, chosen):
        self.digits, self.chosen = digits, chosen
        self._record("number", "".join(digit.reading.label for digit in digits))

    def show_origin(self, model):
        self._record("origin", model.origin)

    def show_failure(self, error):
        self._record("failure", type(error))

    async def next_call(self):
        """Wait until there is a new call, and return the latest call."""
        await asyncio.wait_for(self.has_new_call.wait(), TIMEOUT)
        self.has_new_call.clear()
        return self.shown[-1]


def draw_line(ink):
    """Draw a diagonal line, which FakeSession reads as a 0."""
    draw_strokes(ink, [(0.2, 0.2), (0.8, 0.8)])


def draw_strokes(ink, *strokes):
    """Draw strokes, each a list of points."""
    for first, *rest in strokes:
        ink.begin(first)
        for point in rest:
            ink.extend(point)
        ink.end()


async def run_app(scenario, load=None, session=None):
    """Run an app, and call a scenario with the app and its view.

    Args:
        scenario: a coroutine function of the app and its FakeView.
        load: replaces the app's function that loads the model.
        session: the session of the loaded model; a FakeSession if it is None.
    """

    async def load_model():
        return model_of(session or FakeSession())

    app = App(Ink(), FakeView(), load or load_model)
    task = asyncio.create_task(app.read_whenever_changed())
    try:
        await scenario(app, app.view)
    finally:
        task.cancel()


def test_a_drawing_is_read_when_the_model_is_loaded():
    async def scenario(app, view):
        draw_line(app.ink)
        app.drawing_changed()
        await app.load_and_use()
        # The number is shown first, because it takes time to show the model's origin.
        assert view.shown == [("number", "0"), ("origin", Origin.STORED)]

    asyncio.run(run_app(scenario))


def test_no_number_is_shown_before_the_stored_examples_have_been_taught():
    async def scenario(app, view):
        app.awaits_examples = True
        draw_line(app.ink)
        app.drawing_changed()
        await app.load_and_use()
        assert view.shown == [("origin", Origin.STORED)]
        view.has_new_call.clear()
        app.end_wait_for_examples()
        assert await view.next_call() == ("number", "0")

    asyncio.run(run_app(scenario))


def test_a_new_model_shows_no_number_before_it_has_been_taught_the_examples():
    async def scenario(app, view):
        await app.load_and_use()
        app.taught.add(1, "3", [0.0])
        draw_line(app.ink)
        view.has_new_call.clear()
        await app.use(model_of(FakeSession(), Origin.FILE))
        assert view.shown[-1] == ("origin", Origin.FILE)
        view.has_new_call.clear()
        app.end_wait_for_examples()
        assert await view.next_call() == ("number", "0")

    asyncio.run(run_app(scenario))


ONE = [(0.1, 0.2), (0.1, 0.8)]
"""The stroke of a 1."""
SEVEN_BAR, SEVEN_STEM = [(0.3, 0.2), (0.5, 0.2)], [(0.5, 0.2), (0.4, 0.8)]
"""The two strokes of a 7 to the right of the 1."""


def test_all_digits_are_read_in_one_run_and_shown_from_left_to_right():
    session = FakeSession()

    async def scenario(app, view):
        await app.load_and_use()
        view.has_new_call.clear()
        draw_strokes(app.ink, SEVEN_BAR, ONE, SEVEN_STEM)
        app.drawing_changed()
        assert await view.next_call() == ("number", "00")
        assert session.runs == [(2, 28, 28, 1)]
        one, seven = view.digits
        assert one.box == (0.1, 0.2, 0.1, 0.8)
        assert seven.box == (0.3, 0.2, 0.5, 0.8)
        assert one.image == rasterise([ONE])
        assert seven.image == rasterise([SEVEN_BAR, SEVEN_STEM])

    asyncio.run(run_app(scenario, session=session))


@pytest.mark.parametrize(("last", "newest"), [(SEVEN_STEM, 1), (ONE, 0)])
def test_the_digit_with_the_latest_stroke_is_chosen(last, newest):
    async def scenario(app, view):
        await app.load_and_use()
        view.has_new_call.clear()
        draw_strokes(
            app.ink, *(stroke for stroke in (SEVEN_BAR, SEVEN_STEM, ONE) if stroke != last), last
        )
        app.drawing_changed()
        await view.next_call()
        assert (len(view.digits), view.chosen) == (2, newest)
        assert app.chosen_symbol is view.digits[newest]

    asyncio.run(run_app(scenario))


DOT = [(0.9, 0.9), (0.9, 0.9)]
"""A stroke to the right of the 1 and the 7."""


def test_a_choice_lasts_until_the_drawing_changes():
    async def scenario(app, view):
        await app.load_and_use()
        assert app.chosen_symbol is None
        view.has_new_call.clear()
        draw_strokes(app.ink, ONE, SEVEN_BAR, SEVEN_STEM)
        app.drawing_changed()
        await view.next_call()
        app.choose(0)
        assert (await view.next_call(), view.chosen) == (("number", "00"), 0)
        assert app.chosen_symbol is view.digits[0]
        app.request_reread()
        await view.next_call()
        assert (len(view.digits), view.chosen) == (2, 0)
        assert app.chosen_symbol is view.digits[0]
        draw_strokes(app.ink, DOT)
        app.drawing_changed()
        await view.next_call()
        assert (len(view.digits), view.chosen) == (3, 2)
        app.choose(1)
        await view.next_call()
        app.switch_to_picture(PICTURE)
        await view.next_call()
        assert (len(view.digits), view.chosen) == (1, 0)

    asyncio.run(run_app(scenario))


def test_a_choice_made_during_a_reading_is_discarded_when_the_new_number_is_shown():
    class ChoosingSession(FakeSession):
        async def run(self, inputs, outputs=None):
            if len(self.runs) == 1:
                self.app.choose(1)
            return await super().run(inputs, outputs)

    session = ChoosingSession()

    async def scenario(app, view):
        session.app = app
        await app.load_and_use()
        view.has_new_call.clear()
        draw_strokes(app.ink, SEVEN_BAR, ONE)
        app.drawing_changed()
        await view.next_call()
        app.ink.undo()
        app.drawing_changed()
        await view.next_call()
        # The number, the same number with the other digit chosen, and the new number.
        assert [text for _, text in view.shown[2:]] == ["00", "00", "0"]
        assert (app.chosen, app.chosen_symbol) == (0, view.digits[0])

    asyncio.run(run_app(scenario, session=session))


def test_nothing_is_shown_when_the_last_stroke_is_undone():
    async def scenario(app, view):
        await app.load_and_use()
        assert view.shown[0] == ("nothing",)
        view.has_new_call.clear()
        draw_line(app.ink)
        app.drawing_changed()
        assert (await view.next_call())[0] == "number"
        app.ink.undo()
        app.drawing_changed()
        assert await view.next_call() == ("nothing",)

    asyncio.run(run_app(scenario))


def test_many_changes_at_once_are_read_in_one_run():
    session = FakeSession()

    async def scenario(app, view):
        await app.load_and_use()
        view.has_new_call.clear()
        draw_line(app.ink)
        for _ in range(100):
            app.drawing_changed()
        await view.next_call()
        assert len(session.runs) == 1

    asyncio.run(run_app(scenario, session=session))


def test_nothing_is_shown_when_the_drawing_is_cleared_during_a_reading():
    class ClearingSession(FakeSession):
        async def run(self, inputs, outputs=None):
            self.app.ink.clear()
            self.app.drawing_changed()
            return await super().run(inputs, outputs)

    session = ClearingSession()

    async def scenario(app, view):
        session.app = app
        await app.load_and_use()
        view.has_new_call.clear()
        draw_line(app.ink)
        app.drawing_changed()
        assert await view.next_call() == ("nothing",)
        assert "number" not in [kind for kind, *_ in view.shown]

    asyncio.run(run_app(scenario, session=session))


def test_a_gesture_that_leaves_the_sheet_and_returns_is_one_digit():
    async def scenario(app, view):
        await app.load_and_use()
        view.has_new_call.clear()
        app.ink.begin((0.3, 0.1))
        for point in ((0.2, 0.5), (0.3, 1.1), (0.6, 1.1), (0.7, 0.5), (0.6, 0.1)):
            app.ink.extend(point)
        app.ink.end()
        app.drawing_changed()
        assert len(app.ink.strokes) == 2
        await view.next_call()
        (digit,) = view.digits
        assert digit.image == rasterise(app.ink.strokes)

    asyncio.run(run_app(scenario))


PICTURE = DrawingSource([[[(0.0, 0.0), (1.0, 1.0)]]])
"""A source in place of a picture: the app does not distinguish them."""
IMAGE = PICTURE.image([0], 0.0)
"""The 28x28 image of PICTURE."""


def test_a_picture_is_read_until_the_drawing_changes():
    async def scenario(app, view):
        await app.load_and_use()
        draw_line(app.ink)
        view.has_new_call.clear()
        app.switch_to_picture(PICTURE)
        await view.next_call()
        (digit,) = view.digits
        assert digit.image == IMAGE
        assert digit.box == (0, 0, 1, 1)
        app.drawing_changed()
        await view.next_call()
        assert view.digits[0].image == rasterise(app.ink.strokes)

    asyncio.run(run_app(scenario))


@pytest.mark.parametrize("picture_first", [True, False])
def test_only_the_latest_source_is_shown_when_it_changes_during_a_reading(picture_first):
    class SwitchingSession(FakeSession):
        async def run(self, inputs, outputs=None):
            if len(self.runs) == 0:
                self.app.drawing_changed() if picture_first else self.app.switch_to_picture(PICTURE)
            return await super().run(inputs, outputs)

    session = SwitchingSession()

    async def scenario(app, view):
        session.app = app
        await app.load_and_use()
        draw_line(app.ink)
        view.has_new_call.clear()
        app.switch_to_picture(PICTURE) if picture_first else app.drawing_changed()
        await view.next_call()
        assert len(session.runs) == 2
        assert [kind for kind, *_ in view.shown].count("number") == 1
        latest = rasterise(app.ink.strokes) if picture_first else IMAGE
        assert view.digits[0].image == latest

    asyncio.run(run_app(scenario, session=session))


def test_a_failed_load_is_shown_and_a_retry_succeeds():
    errors = [ModelUnavailable(Unreachable("x", "offline"))]

    async def load():
        if errors:
            raise errors.pop()
        return model_of(FakeSession(), Origin.DOWNLOADED)

    async def scenario(app, view):
        draw_line(app.ink)
        await app.load_and_use()
        assert await view.next_call() == ("failure", ModelUnavailable)
        await app.load_and_use()
        assert view.shown[1:] == [("number", "0"), ("origin", Origin.DOWNLOADED)]

    asyncio.run(run_app(scenario, load=load))


def test_a_failed_reading_is_shown_and_the_next_reading_succeeds():
    class FailingSession(FakeSession):
        failures = 1

        async def run(self, inputs, outputs=None):
            if self.failures:
                self.failures -= 1
                raise SessionError("no")
            return await super().run(inputs, outputs)

    async def scenario(app, view):
        await app.load_and_use()
        view.has_new_call.clear()
        draw_line(app.ink)
        app.drawing_changed()
        assert await view.next_call() == ("failure", SessionError)
        app.drawing_changed()
        assert (await view.next_call())[0] == "number"

    asyncio.run(run_app(scenario, session=FailingSession()))


def test_an_unforeseen_error_is_shown_and_the_next_reading_succeeds():
    class BrokenSession(FakeSession):
        failures = 1

        async def run(self, inputs, outputs=None):
            if self.failures:
                self.failures -= 1
                raise ZeroDivisionError
            return await super().run(inputs, outputs)

    async def scenario(app, view):
        await app.load_and_use()
        view.has_new_call.clear()
        draw_line(app.ink)
        app.drawing_changed()
        assert await view.next_call() == ("failure", ZeroDivisionError)
        app.drawing_changed()
        assert (await view.next_call())[0] == "number"

    asyncio.run(run_app(scenario, session=BrokenSession()))


class BlockedSession(FakeSession):
    """A session whose runs wait for the event `unblocked`.

    Attributes:
        has_begun: set when a run has begun.
        unblocked: lets the runs end.
        log: "run ended" and "released", in the order of these events.
    """

    def __init__(self):
        super().__init__()
        self.has_begun, self.unblocked = asyncio.Event(), asyncio.Event()
        self.log = []

    async def run(self, inputs, outputs=None):
        self.has_begun.set()
        await self.unblocked.wait()
        self.log.append("run ended")
        return await super().run(inputs, outputs)

    async def release(self):
        self.log.append("released")


def test_the_previous_model_is_released_after_its_last_run():
    async def scenario():
        session = BlockedSession()
        app = App(Ink(), FakeView(), load=None)
        await app.use(model_of(session))
        reading = asyncio.create_task(app.recogniser.read([IMAGE]))
        await session.has_begun.wait()
        switch = asyncio.create_task(app.use(model_of(FakeSession(), Origin.FILE)))
        for _ in range(10):
            await asyncio.sleep(0)
        assert session.log == []
        session.unblocked.set()
        await asyncio.wait_for(switch, TIMEOUT)
        assert session.log == ["run ended", "released"]
        assert (await reading)[0].label == "0"
        assert app.view.shown[-1] == ("origin", Origin.FILE)

    asyncio.run(scenario())


def test_a_stuck_run_of_the_previous_model_does_not_delay_the_new_models_origin():
    async def scenario():
        session, origins = BlockedSession(), []
        app = App(Ink(), FakeView(), load=None)
        await app.use(model_of(session))
        app.changed.add(lambda: origins.append(app.model.origin))
        stuck = asyncio.create_task(app.recogniser.read([IMAGE]))
        await session.has_begun.wait()
        switch = asyncio.create_task(app.use(model_of(FakeSession(), Origin.FILE)))
        for _ in range(10):
            await asyncio.sleep(0)
        assert app.view.shown[-1] == ("origin", Origin.FILE)
        assert origins[-1] == Origin.FILE
        assert not switch.done()
        for task in (stuck, switch):
            task.cancel()

    asyncio.run(scenario())


def test_listeners_are_notified_of_each_new_number_each_choice_and_each_model():
    notifications = []

    async def scenario(app, view):
        app.changed.add(lambda: notifications.append((app.text, app.chosen, app.model.origin)))
        await app.load_and_use()
        notifications.clear()
        view.has_new_call.clear()
        draw_strokes(app.ink, SEVEN_BAR, SEVEN_STEM, ONE)
        app.drawing_changed()
        await view.next_call()
        app.choose(1)
        await app.use(model_of(FakeSession(), Origin.FILE))
        assert notifications[:2] == [("00", 0, Origin.STORED), ("00", 1, Origin.STORED)]
        assert notifications[-1] == ("00", 1, Origin.FILE)

    asyncio.run(run_app(scenario))


def test_listeners_are_notified_before_another_source_replaces_the_number():
    numbers = []

    async def scenario(app, view):
        app.before_replacement.add(lambda: numbers.append(app.text))
        await app.load_and_use()
        draw_strokes(app.ink, SEVEN_BAR, SEVEN_STEM, ONE)
        view.has_new_call.clear()
        app.drawing_changed()
        await view.next_call()
        assert numbers == []
        app.switch_to_picture(PICTURE)
        assert numbers == ["00"]
        await view.next_call()
        app.drawing_changed()
        assert numbers == ["00", "0"]
        await view.next_call()
        app.clear_drawing()
        assert numbers == ["00", "0", "00"]
        assert app.ink.is_empty

    asyncio.run(run_app(scenario))
