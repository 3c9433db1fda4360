"""The explanation of how the page works: amounts, files, timing, and the steps."""

import asyncio
from dataclasses import replace
from itertools import count

import pytest

from digits.drawing.source import DrawingSource
from digits.facts.how_it_works import Facts, steps
from digits.facts.requests import (
    PARTS,
    ROLES,
    File,
    Request,
    Source,
    by_part,
    bytes_from_device,
    bytes_from_network,
    files_of,
    works_offline,
)
from digits.facts.timing import RUNS, Times, measure
from digits.words import TEXTS, UNKNOWN, Words
from offline_onnx import Origin
from tests.unit.app.test_app import draw_line, draw_strokes, run_app
from tests.unit.fakes import FakeSession, model_of

ENGLISH, CHINESE = Words("en"), Words("zh")
BUILT = "built/pyodide-0123456789ab"
REQUEST = Request(
    "style.css", transfer_size=0, encoded_size=400, decoded_size=1000, by_worker=False, delivery=""
)
PAGE = File("", 8000, transfer_size=3000, source=Source.NETWORK)
LIBRARY = File(
    "built/python-0123456789ab/library.zip", 9000, transfer_size=0, source=Source.CACHE_STORAGE
)
WORKER = File("service-worker.js", None, transfer_size=0, source=Source.REGISTRATION)
FACTS = Facts(
    files=[LIBRARY, WORKER],
    python="3.14.2",
    start="restored",
    start_seconds=0.64,
    memory=31_000_000,
    runtime="1.30.0",
    threads=1,
    model=model_of(FakeSession()),
    times=Times(network=0.0012, reading=0.0034, slowest=0.012),
    usage=33_000_000,
    quota=10_800_000_000,
    persistent=True,
)


@pytest.mark.parametrize(
    ("count", "english", "chinese"),
    [
        (0, "0 bytes", "0 字节"),
        (999, "999 bytes", "999 字节"),
        (4487, "4.5 KB", "4.5 KB"),
        (199_127, "199 KB", "199 KB"),
        (999_500, "1.0 MB", "1.0 MB"),
        (9_960_000, "10 MB", "10 MB"),
        (10_767_769_691, "11 GB", "11 GB"),
        (5_000_000_000_000, "5,000 GB", "5,000 GB"),
        (None, UNKNOWN, UNKNOWN),
    ],
)
def test_sizes_have_units_that_are_powers_of_1000(count, english, chinese):
    assert ENGLISH.size(count) == english
    assert CHINESE.size(count) == chinese


@pytest.mark.parametrize(
    ("seconds", "english", "chinese"),
    [
        (0, "< 1 ms", "< 1 毫秒"),
        (0.0001, "0.1 ms", "0.1 毫秒"),
        (0.0123, "12 ms", "12 毫秒"),
        (0.9994, "999 ms", "999 毫秒"),
        (0.9996, "1.0 s", "1.0 秒"),
        (12.34, "12.3 s", "12.3 秒"),
        (None, UNKNOWN, UNKNOWN),
    ],
)
def test_durations_below_a_second_are_in_milliseconds(seconds, english, chinese):
    assert ENGLISH.duration(seconds) == english
    assert CHINESE.duration(seconds) == chinese


@pytest.mark.parametrize(
    ("reported", "source"),
    [
        ({"transfer_size": 700}, Source.NETWORK),
        ({"transfer_size": 700, "by_worker": True}, Source.NETWORK),
        ({"transfer_size": 300}, Source.REVALIDATED),
        ({"transfer_size": 300, "encoded_size": 256}, Source.REVALIDATED),
        ({"transfer_size": 556, "encoded_size": 256}, Source.NETWORK),
        ({}, Source.CACHE),
        ({"by_worker": True}, Source.WORKER),
        ({"by_worker": True, "delivery": "cache-storage"}, Source.CACHE_STORAGE),
    ],
)
def test_the_source_of_a_file_follows_from_its_request(reported, source):
    (file,) = files_of([replace(REQUEST, **reported)], {}, "", stored=False)
    assert file == File("style.css", 1000, reported.get("transfer_size", 0), source)


def test_the_source_of_a_file_is_that_of_the_request_that_transferred_most():
    small, large = replace(REQUEST, transfer_size=300), replace(REQUEST, transfer_size=700)
    failed = replace(REQUEST, address="other.css", decoded_size=0)
    for requests in ([small, large], [large, failed, small]):
        (file,) = files_of(requests, {}, "", stored=False)
        assert file == File("style.css", 1000, 1000, Source.NETWORK)
        (file,) = files_of(requests, {"style.css": 1500}, "", stored=False)
        assert file == File("style.css", 1500, 1000, Source.NETWORK)


@pytest.mark.parametrize(
    ("worker", "stored", "sources"),
    [
        ("", False, {}),
        ("", True, {"digits.onnx": Source.INDEXEDDB}),
        ("w.js", False, {
            "digits.onnx": Source.CACHE_STORAGE,
            "pyodide.data": Source.CACHE_STORAGE,
            "w.js": Source.REGISTRATION,
        }),
        ("w.js", True, {
            "digits.onnx": Source.INDEXEDDB,
            "pyodide.data": Source.CACHE_STORAGE,
            "w.js": Source.REGISTRATION,
        }),
    ],
)  # fmt: skip
def test_the_source_of_a_file_without_a_request_is_a_store_on_the_device(worker, stored, sources):
    sizes = {"style.css": 1000, f"{BUILT}/pyodide.data": 2000, "built/model-1/digits.onnx": 3000}
    first, *others = files_of([REQUEST], sizes, worker, stored=stored)
    assert first == File("style.css", 1000, 0, Source.CACHE)
    assert {file.name: file.source for file in others} == sources
    assert all(file.size == sizes.get(file.address) for file in others)
    assert works_offline([first, *others]) is bool(worker)


def test_files_are_grouped_by_part_and_each_role_and_source_has_a_text():
    unknown = File("built/other-0123456789ab/new.bin", 5, 0, Source.CACHE)
    parts = by_part([LIBRARY, PAGE, unknown])
    assert parts == {"page": [PAGE, unknown], "python": [LIBRARY]}
    assert [PAGE.name, PAGE.role, unknown.role] == ["index.html", "page", ""]
    assert {f"about_part_{part}" for part in PARTS} <= set(TEXTS["en"])
    assert {f"about_from_{source.value}" for source in Source} <= set(TEXTS["en"])
    assert {f"about_file_{role}" for role in ROLES.values()} <= set(TEXTS["en"])
    assert bytes_from_network([LIBRARY, PAGE, WORKER]) == 3000
    assert bytes_from_device([LIBRARY, PAGE, WORKER]) == 9000


def test_measure_returns_the_durations_of_the_network_and_of_the_whole_reading():
    ticks = count()
    session = FakeSession()

    async def scenario(app, view):
        await app.load_and_use()
        view.has_new_call.clear()
        assert await measure(app) is None
        draw_line(app.ink)
        app.drawing_changed()
        await view.next_call()
        session.runs.clear()
        assert await measure(app, lambda: float(next(ticks))) == Times(1.0, 3.0, 3.0)
        assert session.runs == [(1, 28, 28, 1)] * RUNS

    asyncio.run(run_app(scenario, session=session))


def test_measure_returns_the_median_and_the_longest_duration():
    # A reading reads the clock at its start, before and after the network's run, and at its end.
    times = iter([0.0, 0, 9, 9] + [0.0, 0, 0.25, 0.5] * 10 + [0.0, 0, 1, 2] * 10)

    async def scenario(app, view):
        await app.load_and_use()
        view.has_new_call.clear()
        draw_line(app.ink)
        app.drawing_changed()
        await view.next_call()
        assert await measure(app, lambda: next(times)) == Times(1, 2, 9)

    asyncio.run(run_app(scenario))


@pytest.mark.parametrize("change", ["stroke begins", "drawing is cleared", "picture is opened"])
def test_measure_returns_none_if_the_drawing_or_picture_changes(change):
    class ChangingSession(FakeSession):
        async def run(self, inputs, outputs=None):
            result = await super().run(inputs, outputs)
            if len(self.runs) == 5:
                self.change_source()
            return result

    session = ChangingSession()

    async def scenario(app, view):
        await app.load_and_use()
        view.has_new_call.clear()
        draw_line(app.ink)
        app.drawing_changed()
        await view.next_call()
        session.change_source = {
            "stroke begins": lambda: app.ink.begin((0.5, 0.5)),
            "drawing is cleared": lambda: (app.ink.clear(), app.drawing_changed()),
            "picture is opened": lambda: app.switch_to_picture(PICTURE),
        }[change]
        assert await measure(app) is None
        assert len(session.runs) in (5, 6)  # the sixth run is the app's: it reads the picture

    asyncio.run(run_app(scenario, session=session))


def test_measure_reads_the_picture_if_a_picture_is_shown():
    session = FakeSession()

    async def scenario(app, view):
        await app.load_and_use()
        view.has_new_call.clear()
        draw_strokes(app.ink, [(0.1, 0.2), (0.1, 0.8)], [(0.5, 0.2), (0.4, 0.8)])
        app.drawing_changed()
        await view.next_call()
        app.switch_to_picture(PICTURE)
        await view.next_call()
        session.runs.clear()
        assert await measure(app)
        assert session.runs == [(1, 28, 28, 1)] * RUNS

    asyncio.run(run_app(scenario, session=session))


PICTURE = DrawingSource([[[(0.0, 0.0), (1.0, 1.0)]]])
"""A source in place of a picture: the app does not distinguish them."""


def texts(facts, words=ENGLISH):
    """Return the title, the sentence and the figures of each step."""
    return [(step.title, step.sentence, dict(step.figures)) for step in steps(facts, words)]


def test_each_step_has_its_sentence_and_figures():
    opened, started, loaded, drawn, run, stored = texts(FACTS)
    assert "service worker" in opened[1]
    assert opened[2] == {"over the network": "0 bytes", "from this device": "9.0 KB"}
    assert "3.14.2" in started[1]
    assert list(started[2].values()) == ["640 ms", "31 MB"]
    assert "IndexedDB" in loaded[1]
    assert loaded[2]["model 1.0.0"] == "5 bytes"
    assert FACTS.model.manifest.sha256[:8] in loaded[2].values()
    assert list(drawn[2].values()) == ["3.4 ms", "12 ms"]
    assert list(run[2].values()) == ["1.2 ms", "1"]
    assert "promised" in stored[1]
    assert list(stored[2].values()) == ["33 MB", "11 GB"]


def changed(**fields):
    """Return the English sentences that differ from those of FACTS, by the index of the step.

    Also check that the sentences of the same steps differ in Chinese. fields: the fields of FACTS
    to replace.
    """
    facts = replace(FACTS, **fields)
    english, chinese = (
        {
            index: new
            for index, ((_, old, _), (_, new, _)) in enumerate(
                zip(texts(FACTS, words), texts(facts, words), strict=True)
            )
            if new != old
        }
        for words in (ENGLISH, CHINESE)
    )
    assert english.keys() == chinese.keys()
    return english


def test_sentences_describe_this_page_load():
    assert "over the network" in changed(files=[PAGE, WORKER])[0]
    cached = changed(files=[replace(PAGE, transfer_size=0, source=Source.CACHE)])
    assert "browser's cache" in cached[0]
    assert "not stored" in cached[5]
    assert "from scratch" in changed(start="created")[1]
    assert "could not be stored" in changed(start="not_stored")[1]
    assert "no usable snapshot" in changed(start="plain")[1]
    for origin in Origin:
        model = model_of(FakeSession(), origin)
        fetched = changed(model=model)
        assert bool(fetched) is (origin is not Origin.STORED)
        assert "downloaded" in fetched.get(2, "downloaded")
    assert "no model" in changed(model=None)[2]
    assert "Draw one" in changed(times=None)[3]
    assert "may delete" in changed(persistent=False)[5]


def test_unknown_amounts_are_dashes():
    unknown = replace(FACTS, start_seconds=None, model=None, times=None, usage=None, quota=None)
    figures = [list(figures.values()) for _, _, figures in texts(unknown)]
    assert figures[1:] == [
        [UNKNOWN, "31 MB"],
        [UNKNOWN, UNKNOWN],
        [UNKNOWN, UNKNOWN],
        [UNKNOWN, "1"],
        [UNKNOWN, UNKNOWN],
    ]
