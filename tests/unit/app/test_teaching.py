"""Teaching: examples are learned at once, stored, undone, and shared by tabs."""

import asyncio
from array import array

import pytest

from digits.app import Listeners
from digits.reading.examples import Example
from digits.reading.nearest import NearestNeighbours
from digits.teaching import NeitherStoredNorLearnedError, Teaching
from offline_onnx.errors import SessionError, StoreFull

SEVEN, THREE, FOUR = (Example(label, bytes([int(label)]) * 784) for label in "734")


class FakeRecogniser:
    """Computes one feature of an image: the first pixel.

    Attributes:
        unblocked: an event that each run waits for. It is set at first.
        error: raised by each run, unless it is None.
    """

    can_be_taught = True

    def __init__(self):
        self.unblocked = asyncio.Event()
        self.unblocked.set()
        self.error = None

    async def outputs(self, images, wanted):
        await self.unblocked.wait()
        if self.error:
            raise self.error
        return [{"features": array("f", [image[0]])} for image in images]


class FakeApp:
    """The attributes and methods of the app that Teaching uses."""

    def __init__(self):
        self.recogniser = FakeRecogniser()
        self.taught = NearestNeighbours()
        self.changed = Listeners()
        self.awaits_examples = True

    def use(self, recogniser):
        self.recogniser = recogniser
        self.taught.clear()

    def request_reread(self):
        pass

    def end_wait_for_examples(self):
        self.awaits_examples = False


class FakeStore:
    """Stores examples in memory.

    Attributes:
        examples: the stored examples.
        unreadable: the keys of examples that can't be read.
        error: raised by each change, unless it is None.
        unblocked: an event that loading and changes wait for. It is set at first.
    """

    def __init__(self, *examples):
        self.examples = dict(enumerate(examples))
        self.unreadable = []
        self.error = None
        self.unblocked = asyncio.Event()
        self.unblocked.set()

    async def load(self):
        loaded = dict(self.examples), list(self.unreadable)
        await self.unblocked.wait()
        return loaded

    async def change(self, removed, added):
        await self.unblocked.wait()
        if self.error:
            raise self.error
        for key in removed:
            self.examples.pop(key, None)
            if key in self.unreadable:
                self.unreadable.remove(key)
        self.examples |= added


def run(scenario, *stored):
    """Run a scenario.

    Args:
        scenario: a coroutine function of a Teaching object, its app and its store.
        stored: the examples that are in the store at first.
    """

    async def main():
        app, store = FakeApp(), FakeStore(*stored)
        await scenario(Teaching(app, store), app, store)

    asyncio.run(main())


async def change_without_storing(change):
    """Wait for a change, and check that it raises StoreFull."""
    try:
        await change
    except StoreFull:
        return
    raise AssertionError("the change raised no error")


def labels(examples):
    """Return the labels of a dict of examples, in its order."""
    return [example.label for example in examples.values()]


def test_stored_examples_are_learned():
    async def scenario(teaching, app, _store):
        await teaching.open()
        assert labels(teaching.examples) == ["7", "3"]
        assert len(app.taught) == 2
        assert not app.awaits_examples

    run(scenario, SEVEN, THREE)


def test_an_example_that_can_not_be_stored_is_also_learned_by_the_next_model():
    async def scenario(teaching, app, store):
        await teaching.open()
        store.error = StoreFull("full")
        await change_without_storing(teaching.teach(THREE))
        app.use(FakeRecogniser())
        await teaching.open()
        assert labels(teaching.examples) == ["7", "3"]
        assert len(app.taught) == 2
        assert not app.awaits_examples

    run(scenario, SEVEN)


def test_an_example_that_can_not_be_deleted_from_the_store_stays_forgotten():
    async def scenario(teaching, app, store):
        await teaching.open()
        store.error = StoreFull("full")
        await change_without_storing(teaching.forget(0))
        app.use(FakeRecogniser())
        await teaching.open()
        await teaching.synchronise()
        assert labels(teaching.examples) == ["3"]
        assert len(app.taught) == 1

    run(scenario, SEVEN, THREE)


def test_the_errors_of_the_store_and_of_the_model_are_both_raised():
    async def scenario(teaching, app, store):
        app.recogniser.error, store.error = SessionError("no memory"), StoreFull("full")
        store.unblocked.clear()
        changing = asyncio.create_task(teaching.teach(THREE))
        for _ in range(10):
            await asyncio.sleep(0)
        assert not changing.done()  # the model has failed, but the store can still fail too
        store.unblocked.set()
        with pytest.raises(NeitherStoredNorLearnedError) as caught:
            await changing
        assert caught.value.store_error is store.error
        assert caught.value.learn_error is app.recogniser.error
        assert teaching.can_undo

    run(scenario)


def test_a_change_that_the_model_can_not_learn_is_stored():
    async def scenario(teaching, app, store):
        app.recogniser.error = SessionError("no memory")
        store.unblocked.clear()
        changing = asyncio.create_task(teaching.teach(THREE))
        for _ in range(10):
            await asyncio.sleep(0)
        assert not changing.done()
        store.unblocked.set()
        with pytest.raises(SessionError, match="no memory"):
            await changing
        assert labels(store.examples) == ["3"] == labels(teaching.examples)

    run(scenario)


def test_an_example_taught_while_the_store_loads_is_learned_and_stored():
    async def scenario(teaching, app, store):
        store.unblocked.clear()
        opening = asyncio.create_task(teaching.open())
        await asyncio.sleep(0)
        changing = asyncio.create_task(teaching.teach(THREE))
        await asyncio.sleep(0)
        assert labels(teaching.examples) == ["3"]
        store.unblocked.set()
        await asyncio.gather(opening, changing)
        assert labels(teaching.examples) == ["7", "3"]
        assert labels(store.examples) == ["7", "3"]
        assert len(app.taught) == 2
        assert not app.awaits_examples

    run(scenario, SEVEN)


def test_an_example_taught_while_a_new_model_learns_is_learned():
    async def scenario(teaching, app, _store):
        await teaching.open()
        blocked = FakeRecogniser()
        blocked.unblocked.clear()
        app.use(blocked)
        opening = asyncio.create_task(teaching.open())
        await asyncio.sleep(0)
        changing = asyncio.create_task(teaching.teach(FOUR))
        await asyncio.sleep(0)
        blocked.unblocked.set()
        await asyncio.gather(opening, changing)
        assert labels(teaching.examples) == ["7", "3", "4"]
        assert len(app.taught) == 3

    run(scenario, SEVEN, THREE)


def test_an_example_taught_while_the_model_is_replaced_is_learned_by_the_new_model():
    async def scenario(teaching, app, store):
        previous = app.recogniser
        previous.unblocked.clear()
        changing = asyncio.create_task(teaching.teach(THREE))
        await asyncio.sleep(0)
        app.use(FakeRecogniser())
        previous.error = SessionError("it was released")
        previous.unblocked.set()
        await changing
        await teaching.open()
        assert labels(store.examples) == ["3"]
        assert len(app.taught) == 1

    run(scenario)


def test_changes_are_stored_in_the_order_of_the_calls():
    async def scenario(teaching, app, store):
        app.recogniser.unblocked.clear()
        first = asyncio.create_task(teaching.teach(Example("5", THREE.pixels)))
        await asyncio.sleep(0)
        second = asyncio.create_task(teaching.teach(THREE))
        await asyncio.sleep(0)
        app.recogniser.unblocked.set()
        await asyncio.gather(first, second)
        assert labels(store.examples) == ["3"] == labels(teaching.examples)
        assert len(app.taught) == 1

    run(scenario)


def test_synchronise_applies_the_changes_of_other_tabs():
    async def scenario(teaching, app, store):
        await teaching.open()
        del store.examples[0]
        store.examples[5] = FOUR
        await teaching.synchronise()
        assert labels(teaching.examples) == ["3", "4"]
        assert len(app.taught) == 2
        assert not app.awaits_examples

    run(scenario, SEVEN, THREE)


def test_undo_reverts_one_change_at_a_time():
    async def scenario(teaching, app, store):
        await teaching.open()
        await teaching.teach(THREE)
        assert await teaching.forget_all() == 2
        assert (labels(store.examples), len(app.taught)) == ([], 0)
        await teaching.undo()
        assert labels(teaching.examples) == ["7", "3"]
        await teaching.undo()
        await teaching.undo()
        assert labels(store.examples) == ["7"] == labels(teaching.examples)
        assert not teaching.can_undo

    run(scenario, SEVEN)


def test_add_skips_examples_that_are_in_use():
    async def scenario(teaching, _app, store):
        await teaching.open()
        assert await teaching.add([SEVEN, THREE, THREE]) == 1
        assert labels(store.examples) == ["7", "3"]

    run(scenario, SEVEN)


def test_unreadable_examples_stay_stored_until_all_examples_are_forgotten():
    async def scenario(teaching, _app, store):
        store.unreadable = ["the key of an example of a later version"]
        await teaching.open()
        await teaching.teach(THREE)
        assert len(teaching.unreadable) == 1
        assert store.unreadable
        assert await teaching.forget_all() == 3
        assert not store.unreadable
        await teaching.open()
        assert teaching.unreadable == []

    run(scenario, SEVEN)


def test_an_empty_change_can_not_be_undone():
    async def scenario(_teaching, app, store):
        noted = []
        teaching = Teaching(app, store, lambda: noted.append(teaching.latest_taught))
        await teaching.open()
        assert await teaching.add([SEVEN]) == 0
        await teaching.forget(99)
        assert not teaching.can_undo
        await teaching.teach(THREE)
        await teaching.forget_all()
        assert noted == [THREE, None]
        await teaching.undo()
        assert teaching.latest_taught == THREE

    run(scenario, SEVEN)
