import json
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digits.reading.contract import DIGITS
from digits.reading.examples import Example, ExamplesError, from_json, next_number, to_json

EXAMPLES = st.lists(
    st.builds(Example, st.sampled_from(DIGITS), st.binary(min_size=784, max_size=784)),
    max_size=4,
)


@given(EXAMPLES)
def test_a_written_file_can_be_read_back(examples):
    assert from_json(to_json(examples)) == examples


@given(st.lists(st.floats(0, 1, width=32), min_size=8, max_size=8))
def test_pixels_are_half_a_step_from_the_image_at_most(values):
    image = array("f", values * 98)
    example = Example.of("7", image)
    assert all(abs(a - b) <= 0.5 / 255 + 1e-6 for a, b in zip(example.image, image, strict=True))


def one_example(**changes):
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
        (one_example(label="x"), "'x' is not one of the ten digits"),
        (one_example(label=7), "7 is not one of the ten digits"),
        (one_example(label=""), "'' is not one of the ten digits"),
        (one_example(pixels="AAAA"), "3 pixels"),
        (one_example(pixels="not base64"), "damaged"),
        (one_example(pixels=None), "damaged"),
        ('{"format": "offline-digits-examples", "version": 1, "examples": [1]}', "damaged"),
    ],
)
def test_an_invalid_file_is_refused_as_a_whole(text, message):
    with pytest.raises(ExamplesError, match=message):
        from_json(text)


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda raw: raw.decode("latin-1")))
def test_any_other_text_is_refused(text):
    with pytest.raises(ExamplesError):
        from_json(text)


def test_numbers_are_the_time_and_come_after_those_of_a_clock_that_was_ahead():
    assert next_number([], 1_000_000) == 1_000_000
    assert next_number([999_999], 1_000_000) == 1_000_000
    ahead = [5_000_000, 4_000_000]
    numbers = {next_number(ahead, now) for now in (1_000_000, 1_000_007)}
    assert len(numbers) == 2
    assert min(numbers) > 5_000_000
