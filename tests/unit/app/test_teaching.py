import asyncio
from array import array

from digits.app import Listeners
from digits.reading.examples import Example
from digits.reading.nearest import NearestNeighbours
from digits.teaching import Teaching
from offline_onnx import SessionError, StoreFull

SEVEN, THREE, FOUR = (Example(label, bytes([int(label)]) * 784) for label in "734")


class Recogniser:
    """Computes one feature: the first pixel. gate: what a run waits for."""

    can_be_taught = True

    def __init__(self):
        self.gate = asyncio.Event()
        self.gate.set()
        self.fault = None

    async def outputs(self, images, wanted):
        await self.gate.wait()
        if self.fault:
            raise self.fault
        return [{"features": array("f", [image[0]])} for image in images]


class App:
    def __init__(self):
        self.recogniser = Recogniser()
        self.taught = NearestNeighbours()
        self.changed = Listeners()

    def use(self, recogniser):
        self.recogniser = recogniser
        self.taught.clear()

    def request_reread(self):
        pass


class Store:
    """Examples in memory. fault: raised at every change. gate: what loading waits for."""

    def __init__(self, *examples):
        self.examples = dict(enumerate(examples))
        self.unreadable = []
        self.fault = None
        self.gate = asyncio.Event()
        self.gate.set()

    async def load(self):
        found = dict(self.examples), list(self.unreadable)
        await self.gate.wait()
        return found

    async def change(self, removed, added):
        if self.fault:
            raise self.fault
        for key in removed:
            self.examples.pop(key, None)
            if key in self.unreadable:
                self.unreadable.remove(key)
        self.examples |= added


def run(scenario, *stored):
    async def main():
        app, store = App(), Store(*stored)
        await scenario(Teaching(app, store), app, store)

    asyncio.run(main())


async def refused(change):
    """Make a change that can't be stored."""
    try:
        await change
    except StoreFull:
        return
    raise AssertionError("it was stored")


def labels(examples):
    return [example.label for example in examples.values()]


def test_what_is_stored_is_learned():
    async def scenario(teaching, app, _store):
        await teaching.open()
        assert labels(teaching.examples) == ["7", "3"]
        assert len(app.taught) == 2

    run(scenario, SEVEN, THREE)


def test_what_could_not_be_stored_is_learned_by_the_next_model_too():
    async def scenario(teaching, app, store):
        await teaching.open()
        store.fault = StoreFull("full")
        await refused(teaching.teach(THREE))
        app.use(Recogniser())
        await teaching.open()
        assert labels(teaching.examples) == ["7", "3"]
        assert len(app.taught) == 2

    run(scenario, SEVEN)


def test_what_could_not_be_forgotten_in_the_store_stays_forgotten():
    async def scenario(teaching, app, store):
        await teaching.open()
        store.fault = StoreFull("full")
        await refused(teaching.forget(0))
        app.use(Recogniser())
        await teaching.open()
        await teaching.synchronise()
        assert labels(teaching.examples) == ["3"]
        assert len(app.taught) == 1

    run(scenario, SEVEN, THREE)


def test_what_is_taught_while_the_store_is_loaded_is_learned_and_stored():
    async def scenario(teaching, app, store):
        store.gate.clear()
        opening = asyncio.create_task(teaching.open())
        await asyncio.sleep(0)
        changing = asyncio.create_task(teaching.teach(THREE))
        await asyncio.sleep(0)
        assert labels(teaching.examples) == ["3"]
        store.gate.set()
        await asyncio.gather(opening, changing)
        assert labels(teaching.examples) == ["7", "3"]
        assert labels(store.examples) == ["7", "3"]
        assert len(app.taught) == 2

    run(scenario, SEVEN)


def test_what_is_taught_while_another_model_learns_is_learned():
    async def scenario(teaching, app, _store):
        await teaching.open()
        slow = Recogniser()
        slow.gate.clear()
        app.use(slow)
        opening = asyncio.create_task(teaching.open())
        await asyncio.sleep(0)
        changing = asyncio.create_task(teaching.teach(FOUR))
        await asyncio.sleep(0)
        slow.gate.set()
        await asyncio.gather(opening, changing)
        assert labels(teaching.examples) == ["7", "3", "4"]
        assert len(app.taught) == 3

    run(scenario, SEVEN, THREE)


def test_what_is_taught_while_the_model_is_replaced_is_stored_and_learned_by_the_next():
    async def scenario(teaching, app, store):
        before = app.recogniser
        before.gate.clear()
        changing = asyncio.create_task(teaching.teach(THREE))
        await asyncio.sleep(0)
        app.use(Recogniser())
        before.fault = SessionError("it was released")
        before.gate.set()
        await changing
        await teaching.open()
        assert labels(store.examples) == ["3"]
        assert len(app.taught) == 1

    run(scenario)


def test_the_store_sees_changes_in_the_order_in_which_they_were_made():
    async def scenario(teaching, app, store):
        app.recogniser.gate.clear()
        first = asyncio.create_task(teaching.teach(Example("5", THREE.pixels)))
        await asyncio.sleep(0)
        second = asyncio.create_task(teaching.teach(THREE))
        await asyncio.sleep(0)
        app.recogniser.gate.set()
        await asyncio.gather(first, second)
        assert labels(store.examples) == ["3"] == labels(teaching.examples)
        assert len(app.taught) == 1

    run(scenario)


def test_other_tabs_are_followed():
    async def scenario(teaching, app, store):
        await teaching.open()
        del store.examples[0]
        store.examples[5] = FOUR
        await teaching.synchronise()
        assert labels(teaching.examples) == ["3", "4"]
        assert len(app.taught) == 2

    run(scenario, SEVEN, THREE)


def test_changes_are_undone_one_by_one():
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


def test_examples_of_a_file_are_added_once():
    async def scenario(teaching, _app, store):
        await teaching.open()
        assert await teaching.add([SEVEN, THREE, THREE]) == 1
        assert labels(store.examples) == ["7", "3"]

    run(scenario, SEVEN)


def test_what_can_not_be_read_stays_in_the_store_until_all_is_forgotten():
    async def scenario(teaching, _app, store):
        store.unreadable = ["a later version's"]
        await teaching.open()
        await teaching.teach(THREE)
        assert len(teaching.unreadable) == 1
        assert store.unreadable
        assert await teaching.forget_all() == 3
        assert not store.unreadable
        await teaching.open()
        assert teaching.unreadable == []

    run(scenario, SEVEN)
