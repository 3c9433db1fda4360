"""The history of numbers: merging, JSON, and recording each source once."""

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
json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=2),
)


@given(lists, lists)
def test_merging_keeps_the_last_entries_in_order_and_without_duplicates(some, later):
    merged = merge(some, later)
    unique = list(dict.fromkeys([*some, *later]))
    assert merged == unique[max(0, len(unique) - MAX_ENTRIES) :]


def test_merging_appends_an_entry_with_an_earlier_time():
    full = merge([Entry(str(index), 4e9 + index, True) for index in range(MAX_ENTRIES)], [])
    later = Entry("7", 0, True)
    assert merge(full, [later]) == [*full[1:], later]


@given(lists)
def test_from_json_returns_the_entries_that_to_json_was_given(some):
    entries = merge(some, [])
    assert from_json(to_json(entries)) == entries


@given(lists.map(lambda some: merge(some[:20], [])), st.lists(json_values, max_size=20), st.data())
def test_from_json_skips_invalid_entries(valid, invalid, data):
    raw = json.loads(to_json(valid))
    for each in invalid:
        raw.insert(data.draw(st.integers(0, len(raw))), each)
    assert set(valid) <= set(from_json(json.dumps(raw)))


@pytest.mark.parametrize(
    "text",
    ["", "{", "3", "{}", "[3]", "[[]]", '[["x", 1, true]]', '[["²", 1, true]]',
     '[["1", "1", true]]', '[["1", -1, true]]', '[["1", 1e300, true]]', '[["1", NaN, true]]',
     '[["1", 1, 1]]', "[" * 99999],
)  # fmt: skip
def test_from_json_returns_an_empty_list_without_valid_entries(text):
    assert from_json(text) == []


def test_deeply_nested_json_is_not_parsed(monkeypatch):
    """In a browser, a stack overflow ends Python without an exception."""
    monkeypatch.setattr(history.json, "loads", lambda _: pytest.fail("parsed"))
    assert from_json("[" * 100_000) == []


@pytest.fixture
def stored():
    """Return the entries that the recorder has stored."""
    return []


@pytest.fixture
def recorder(stored):
    """Return a recorder that stores its entries in the list `stored`."""

    def store(entry, replaced):
        if replaced:
            stored.remove(replaced)
        stored.append(entry)

    return Recorder(store)


def entry(text, when=0.0):
    """Return a confident entry."""
    return Entry(text, when, True)


def test_a_changed_drawing_replaces_its_entry(recorder, stored):
    drawing = object()
    recorder.record("drawing", drawing, entry("2", 1))
    recorder.record("drawing", drawing, entry("2", 2))
    assert stored == [entry("2", 1)]
    recorder.record("drawing", drawing, entry("27", 3))
    assert stored == [entry("27", 3)]


def test_three_drawings_of_the_same_number_have_three_entries(recorder, stored):
    for when in range(3):
        recorder.record("drawing", object(), entry("2", when))
    assert [each.text for each in stored] == ["2", "2", "2"]


def test_a_drawing_keeps_its_entry_while_a_picture_is_recorded(recorder, stored):
    drawing = object()
    recorder.record("drawing", drawing, entry("2", 1))
    recorder.record("picture", object(), entry("5", 2))
    recorder.record("drawing", drawing, entry("27", 3))
    assert stored == [entry("5", 2), entry("27", 3)]


def test_a_remembered_drawing_is_not_recorded_again(recorder, stored):
    drawing = object()
    recorder.remember("drawing", drawing, entry("27", 1))
    recorder.record("drawing", drawing, entry("27", 2))
    assert stored == []
