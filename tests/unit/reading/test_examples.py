"""Taught examples: their files, their pixels and the numbers that identify them."""

import json
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digits.reading.contract import DIGITS
from digits.reading.examples import Example, ExamplesError, from_json, new_key, to_json

EXAMPLES = st.lists(
    st.builds(Example, st.sampled_from(DIGITS), st.binary(min_size=784, max_size=784)),
    max_size=4,
)


@given(EXAMPLES)
def test_from_json_returns_the_examples_that_were_passed_to_to_json(examples):
    assert from_json(to_json(examples)) == examples


@given(st.lists(st.floats(0, 1, width=32), min_size=8, max_size=8))
def test_rounding_changes_pixels_by_at_most_half_of_1_255th(values):
    image = array("f", values * 98)
    example = Example.of("7", image)
    assert all(abs(a - b) <= 0.5 / 255 + 1e-6 for a, b in zip(example.image, image, strict=True))


def file_of_one_example(**changes):
    """Return a file of one example. changes: fields of the example to replace."""
    raw = json.loads(to_json([Example("7", bytes(784))]))
    raw["examples"][0] |= changes
    return json.dumps(raw)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not JSON"),
        ("[]", "not a file of examples"),
        ('{"format": "offline-digits-examples", "version": 2}', "version is 2, not 1"),
        ('{"format": "offline-digits-examples", "version": 1}', "no list"),
        (file_of_one_example(label="x"), "'x' is neither a digit nor a sign"),
        (file_of_one_example(label=7), "7 is neither a digit nor a sign"),
        (file_of_one_example(label=""), "'' is neither a digit nor a sign"),
        (file_of_one_example(pixels="AAAA"), "3 pixels"),
        (file_of_one_example(pixels="not base64"), "damaged"),
        (file_of_one_example(pixels=None), "damaged"),
        ('{"format": "offline-digits-examples", "version": 1, "examples": [1]}', "damaged"),
    ],
)
def test_an_invalid_file_is_refused_with_the_reason(text, message):
    with pytest.raises(ExamplesError, match=message):
        from_json(text)


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda raw: raw.decode("latin-1")))
def test_any_text_that_is_not_a_file_of_examples_is_refused(text):
    with pytest.raises(ExamplesError):
        from_json(text)


def test_new_key_is_the_time_unless_a_known_key_is_larger():
    assert new_key([], 1_000_000) == 1_000_000
    assert new_key([999_999], 1_000_000) == 1_000_000
    larger = [5_000_000, 4_000_000]
    keys = {new_key(larger, now) for now in (1_000_000, 1_000_007)}
    assert len(keys) == 2  # two tabs choose different keys
    assert min(keys) > 5_000_000
