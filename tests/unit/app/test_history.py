import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digits import history
from digits.history import MAX_ENTRIES, MAX_TIME, Entry, Recorder, from_json, merge, to_json
from digits.reading.contract import DIGITS

entries = st.builds(
    Entry,
    text=st.text(DIGITS, min_size=1, max_size=8),
    when=st.floats(0, MAX_TIME),
    is_confident=st.booleans(),
)
lists = st.lists(entries, max_size=2 * MAX_ENTRIES)
anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=2),
)


@given(lists, lists)
def test_merging_keeps_the_last_entries_once_each_and_in_the_order_of_arrival(some, later):
    whole = merge(some, later)
    came = list(dict.fromkeys([*some, *later]))
    assert whole == came[max(0, len(came) - MAX_ENTRIES) :]


def test_a_wrong_clock_does_not_change_the_order():
    full = merge([Entry(str(place), 4e9 + place, True) for place in range(MAX_ENTRIES)], [])
    late = Entry("7", 0, True)
    assert merge(full, [late]) == [*full[1:], late]


@given(lists)
def test_entries_survive_json(some):
    entries = merge(some, [])
    assert from_json(to_json(entries)) == entries


@given(lists.map(lambda some: merge(some[:20], [])), st.lists(anything, max_size=20), st.data())
def test_damaged_entries_are_skipped_and_the_rest_stays(intact, damage, data):
    raw = json.loads(to_json(intact))
    for each in damage:
        raw.insert(data.draw(st.integers(0, len(raw))), each)
    assert set(intact) <= set(from_json(json.dumps(raw)))


@pytest.mark.parametrize(
    "text",
    ["", "{", "3", "{}", "[3]", "[[]]", '[["x", 1, true]]', '[["²", 1, true]]',
     '[["1", "1", true]]', '[["1", -1, true]]', '[["1", 1e300, true]]', '[["1", NaN, true]]',
     '[["1", 1, 1]]', "[" * 99999],
)  # fmt: skip
def test_json_without_entries_is_an_empty_history(text):
    assert from_json(text) == []


def test_json_that_is_nested_too_deeply_is_never_parsed(monkeypatch):
    """In a browser, running out of stack ends Python without any exception."""
    monkeypatch.setattr(history.json, "loads", lambda _: pytest.fail("parsed"))
    assert from_json("[" * 100_000) == []


@pytest.fixture
def stored():
    return []


@pytest.fixture
def recorder(stored):
    def store(entry, before):
        if before:
            stored.remove(before)
        stored.append(entry)

    return Recorder(store)


def entry(text, when=0.0):
    return Entry(text, when, True)


def test_a_source_is_recorded_once_and_replaced_when_it_changed(recorder, stored):
    drawing = object()
    recorder.record("drawing", drawing, entry("2", 1))
    recorder.record("drawing", drawing, entry("2", 2))
    assert stored == [entry("2", 1)]
    recorder.record("drawing", drawing, entry("27", 3))
    assert stored == [entry("27", 3)]


def test_another_source_is_another_entry_even_with_the_same_number(recorder, stored):
    for when in range(3):
        recorder.record("drawing", object(), entry("2", when))
    assert [each.text for each in stored] == ["2", "2", "2"]


def test_a_picture_over_a_drawing_does_not_change_the_drawings_entry(recorder, stored):
    drawing = object()
    recorder.record("drawing", drawing, entry("2", 1))
    recorder.record("picture", object(), entry("5", 2))
    recorder.record("drawing", drawing, entry("27", 3))
    assert stored == [entry("5", 2), entry("27", 3)]


def test_a_remembered_source_is_not_recorded_again(recorder, stored):
    drawing = object()
    recorder.remember("drawing", drawing, entry("27", 1))
    recorder.record("drawing", drawing, entry("27", 2))
    assert stored == []
