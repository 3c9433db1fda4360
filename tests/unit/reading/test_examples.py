import json
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digits.reading.examples import Example, ExamplesError, from_json, next_number, to_json

EXAMPLES = st.lists(
    st.builds(Example, st.sampled_from("0123456789"), st.binary(min_size=784, max_size=784)),
    max_size=4,
)


@given(EXAMPLES)
def test_a_file_gives_what_was_written(examples):
    assert from_json(to_json(examples)) == examples


@given(st.lists(st.floats(0, 1, width=32), min_size=8, max_size=8))
def test_pixels_are_half_a_step_from_the_image_at_most(values):
    image = array("f", values * 98)
    example = Example.of("7", image)
    assert all(abs(a - b) <= 0.5 / 255 + 1e-6 for a, b in zip(example.image, image, strict=True))


def one(**changes):
    raw = json.loads(to_json([Example("7", bytes(784))]))
    raw["examples"][0] |= changes
    return json.dumps(raw)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "no JSON"),
        ("[]", "no file of examples"),
        ('{"format": "offline-digits-examples", "version": 2}', "version is 2"),
        ('{"format": "offline-digits-examples", "version": 1}', "no list"),
        (one(label="x"), "'x' is not one of the ten digits"),
        (one(label=7), "7 is not one of the ten digits"),
        (one(label=""), "'' is not one of the ten digits"),
        (one(pixels="AAAA"), "3 pixels"),
        (one(pixels="not base64"), "damaged"),
        (one(pixels=None), "damaged"),
        ('{"format": "offline-digits-examples", "version": 1, "examples": [1]}', "damaged"),
    ],
)
def test_a_file_is_taken_whole_or_not_at_all(text, message):
    with pytest.raises(ExamplesError, match=message):
        from_json(text)


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda raw: raw.decode("latin-1")))
def test_no_text_does_any_harm(text):
    with pytest.raises(ExamplesError):
        from_json(text)


def test_examples_are_numbered_by_the_time_and_go_on_where_a_clock_was_ahead():
    assert next_number([], 1_000_000) == 1_000_000
    assert next_number([999_999], 1_000_000) == 1_000_000
    ahead = [5_000_000, 4_000_000]
    numbers = {next_number(ahead, now) for now in (1_000_000, 1_000_007)}
    assert len(numbers) == 2
    assert min(numbers) > 5_000_000
