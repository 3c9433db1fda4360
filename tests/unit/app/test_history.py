import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digits.history import LATEST, LIMIT, Entry, Recorder, from_json, merged, to_json

entries = st.builds(
    Entry,
    text=st.text("0123456789", min_size=1, max_size=8),
    when=st.floats(0, LATEST),
    sure=st.booleans(),
)
lists = st.lists(entries, max_size=2 * LIMIT)
anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=2),
)


@given(lists, lists)
def test_put_together_the_last_are_there_once_and_in_the_order_in_which_they_came(some, later):
    whole = merged(some, later)
    came = list(dict.fromkeys([*some, *later]))
    assert whole == came[max(0, len(came) - LIMIT) :]


def test_a_clock_that_was_wrong_does_not_put_an_entry_out_of_its_place():
    full = merged([Entry(str(place), 4e9 + place, True) for place in range(LIMIT)], [])
    late = Entry("7", 0, True)
    assert merged(full, [late]) == [*full[1:], late]


@given(lists)
def test_json_gives_the_entries_back(some):
    kept = merged(some, [])
    assert from_json(to_json(kept)) == kept


@given(lists.map(lambda some: merged(some[:20], [])), st.lists(anything, max_size=20), st.data())
def test_what_is_damaged_is_left_out_and_the_rest_stays(kept, damage, data):
    raw = json.loads(to_json(kept))
    for each in damage:
        raw.insert(data.draw(st.integers(0, len(raw))), each)
    assert set(kept) <= set(from_json(json.dumps(raw)))


@pytest.mark.parametrize(
    "text",
    ["", "{", "3", "{}", "[3]", "[[]]", '[["x", 1, true]]', '[["²", 1, true]]',
     '[["1", "1", true]]', '[["1", -1, true]]', '[["1", 1e300, true]]', '[["1", NaN, true]]',
     '[["1", 1, 1]]', "[" * 99999],
)  # fmt: skip
def test_what_is_no_entry_is_no_entry(text):
    assert from_json(text) == []


@pytest.fixture
def kept():
    return []


@pytest.fixture
def recorder(kept):
    def keep(entry, before):
        if before:
            kept.remove(before)
        kept.append(entry)

    return Recorder(keep)


def entry(text, when=0.0):
    return Entry(text, when, True)


def test_a_source_is_recorded_once_and_replaced_when_it_changed(recorder, kept):
    drawing = object()
    recorder.record("drawing", drawing, entry("2", 1))
    recorder.record("drawing", drawing, entry("2", 2))
    assert kept == [entry("2", 1)]
    recorder.record("drawing", drawing, entry("27", 3))
    assert kept == [entry("27", 3)]


def test_another_source_is_another_entry_though_it_reads_alike(recorder, kept):
    for when in range(3):
        recorder.record("drawing", object(), entry("2", when))
    assert [each.text for each in kept] == ["2", "2", "2"]


def test_a_picture_over_a_drawing_leaves_the_drawings_entry_as_it_is(recorder, kept):
    drawing = object()
    recorder.record("drawing", drawing, entry("2", 1))
    recorder.record("picture", object(), entry("5", 2))
    recorder.record("drawing", drawing, entry("27", 3))
    assert kept == [entry("5", 2), entry("27", 3)]


def test_what_is_remembered_is_not_recorded_again(recorder, kept):
    drawing = object()
    recorder.remember("drawing", drawing, entry("27", 1))
    recorder.record("drawing", drawing, entry("27", 2))
    assert kept == []
