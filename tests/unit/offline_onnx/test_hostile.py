"""Untrusted files, drawings and model outputs.

Any content is accepted, or refused with the documented error.
"""

import asyncio
import json
import math
from array import array
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digits.drawing.ink import MAX_GESTURES, MAX_POINTS, Ink
from digits.drawing.raster import SIDE
from digits.facts.model_facts import model_in_use
from digits.picture.components import NothingToRead
from digits.picture.file.image_size import dimensions
from digits.picture.find import find
from digits.picture.light import GreyPicture
from digits.reading.compatible import Incompatible
from digits.reading.examples import ExamplesError, from_json
from digits.reading.recogniser import Recogniser
from digits.words import Words
from offline_onnx import Manifest, Model, Tensor
from offline_onnx.errors import ManifestError, SessionError
from offline_onnx.inference.json_fields import is_unsafe_json
from tests.browser.support.hostile_pictures import white_png
from tests.unit.fakes import manifest_of
from tests.unit.offline_onnx.test_manifest import GOOD, manifest_json
from tests.unit.reading.test_compatible import CERTAIN, ConstantSession, check

UNCLOSED = manifest_json()[:-1]
"""The JSON of a valid manifest without its closing brace."""
MARKUP = "<img src=x onerror=alert(1)>"
numbers = st.integers() | st.floats() | st.sampled_from([10**400, 2**53, 1e308, -1])
texts = st.text() | st.sampled_from(["\ud800", "\0", MARKUP, "__proto__", "../x", "NaN"])
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


def parsed(text):
    """Return a manifest; None if parsing it raises ManifestError."""
    try:
        return Manifest.parse(text)
    except ManifestError:
        return None


@given(st.dictionaries(st.sampled_from([*GOOD, "__proto__"]), values, max_size=4))
def test_manifest_with_any_fields_round_trips_or_is_refused(changes):
    if manifest := parsed(json.dumps({**GOOD, **changes})):
        stored = manifest.to_json().encode()
        assert Manifest.parse(stored.decode()) == manifest


@given(st.binary(max_size=300), st.integers(0, 2000), st.integers(0, 2000))
def test_damaged_manifest_parses_or_raises_manifest_error(noise, start, stop):
    text = json.dumps(GOOD).encode()
    parsed((text[:start] + noise + text[stop:]).decode("utf-8", "replace"))


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 5000])
def test_numbers_that_are_infinite_too_long_or_nan_are_refused_in_a_manifest(number):
    assert parsed(UNCLOSED + f', "metadata": {{"threshold": {number}}}}}') is None


@pytest.mark.parametrize("field", ['"version": "\\ud800"', '"metadata": {"\\udfff": [1]}'])
def test_lone_surrogate_in_a_manifest_is_refused(field):
    with pytest.raises(ManifestError, match="not valid Unicode"):
        Manifest.parse(f"{UNCLOSED}, {field}}}")
    paired = field.replace("\\ud800", "\\ud83d\\ude00").replace("\\udfff", "\\ud83d\\ude00")
    assert parsed(f"{UNCLOSED}, {paired}}}")


@pytest.mark.parametrize("depth", [33, 400, 900, 10_000, 1_000_000])
@pytest.mark.parametrize("brackets", ["[]", "{}"])
def test_deeply_nested_json_is_refused(depth, brackets):
    opened = brackets[0] if brackets == "[]" else '{"a":'
    deep = opened * depth + "1" + brackets[1] * depth
    assert parsed(UNCLOSED + f', "metadata": {{"a": {deep}}}}}') is None
    with pytest.raises(ExamplesError):
        from_json(deep)


def test_brackets_in_strings_do_not_count_as_nesting():
    assert not is_unsafe_json(json.dumps(["[" * 90_000, '\\"[{' * 1000]))
    assert is_unsafe_json(json.dumps(["]" * 1000])[:-1] + "," + "[" * 600)
    assert is_unsafe_json("[]" * 200_000)  # not nested, but too many brackets


repetitions = st.tuples(
    st.sampled_from(["[", "]", "{", "}", '"', "\\", "a", '["', '",', '{"a":']),
    st.sampled_from([1, 2, 3, 400, 40_000]),
)


@given(st.lists(repetitions, max_size=8).map(lambda drawn: "".join(part * n for part, n in drawn)))
@example('["' + "]" * 60_000 + '",' + "[" * 50_000)
@example('["\\"' + "]" * 60_000 + '",' + "[" * 50_000)
@example('"' + "]" * 60_000 + "[" * 50_000)
@example('"' + '\\"' * 500_000)
def test_safe_json_parses_or_raises_value_error(text):
    if not is_unsafe_json(text):
        with suppress(ValueError):
            json.loads(text)


@given(values.map(json.dumps) | st.text() | st.just("[" * 100_000))
def test_any_text_as_examples_file_parses_or_raises_examples_error(text):
    message = ""
    try:
        from_json(text)
    except ExamplesError as error:
        message = str(error)
    assert len(message) < 1000


@given(st.fixed_dictionaries({"label": values, "pixels": values | st.just("AAAA")}) | values)
def test_example_with_any_values_raises_examples_error(example):
    raw = {"format": "offline-digits-examples", "version": 1, "examples": [example]}
    with pytest.raises(ExamplesError) as refused:
        from_json(json.dumps(raw))
    assert len(str(refused.value)) < 1000


@given(st.data(), st.integers(0, 40), st.integers(0, 40))
def test_any_picture_gives_an_image_or_raises_nothing_to_read(data, width, height):
    size = width * height
    grey = data.draw(
        st.binary(min_size=size, max_size=size)
        | st.integers(0, 255).map(lambda value: bytes([value]) * size)
        | st.lists(st.sampled_from(b"\x00\xff"), min_size=size, max_size=size).map(bytes)
    )
    try:
        found = find(GreyPicture(width, height, grey))
    except NothingToRead:
        return
    for component in found.components:
        image = found.image([component])
        assert len(image) == SIDE * SIDE
        assert all(0 <= value <= 1 for value in image)


@given(st.binary(max_size=60))
def test_dimensions_of_any_bytes_are_valid_or_none(head):
    starts = (b"\x89PNG\r\n\x1a\n", b"GIF89a", b"BM", b"\xff\xd8", b"RIFF0000WEBPVP8X", b"")
    for start in starts:
        size = dimensions(start + head)
        assert size is None or min(size) >= 0


def test_dimensions_of_png_jpeg_gif_bmp_and_webp_are_read():
    jpeg = b"\xff\xd8\xff\xe0\x00\x10" + bytes(14) + b"\xff\xc0\x00\x11\x08\x01\x02\x03\x04"
    frame = b"," + bytes(4) + b"\x05\x00\x06\x00" + bytes(4)
    gif = b"GIF89a\x05\x00\x06\x00" + bytes(3) + frame + b";"
    assert dimensions(white_png(30_000, 0)) == (30_000, 30_000)
    assert dimensions(jpeg) == (0x304, 0x102)
    assert dimensions(gif) == (5, 6)
    assert dimensions(b"BM" + bytes(16) + b"\x05\0\0\0\xfa\xff\xff\xff") == (5, 6)
    assert dimensions(b"RIFF\0\0\0\0WEBPVP8X" + bytes(8) + b"\x04\0\0\x05\0\0") == (5, 6)
    assert dimensions(b"RIFF\0\0\0\0WEBPVP8L" + bytes(5) + b"\x04\x40\x01\0") == (5, 6)
    assert dimensions(b"RIFF\0\0\0\0WEBPVP8 " + bytes(10) + b"\x05\x00\x06\x00") == (5, 6)


@given(values)
def test_stored_drawing_with_any_values_parses_or_raises_value_error(raw):
    try:
        ink = Ink.from_json(json.dumps(raw))
    except ValueError:
        return
    assert len(ink.gestures) <= MAX_GESTURES


def test_stored_drawing_is_cut_to_the_maximum_numbers_of_points_and_gestures():
    points = [[x % 97 / 97, x % 89 / 89] for x in range(MAX_POINTS + 500)]
    ink = Ink.from_json(json.dumps([[points]]))
    assert sum(map(len, ink.strokes)) == MAX_POINTS
    assert ink.is_full
    ink.begin((0.5, 0.5))
    assert not ink.pen_is_down
    assert len(Ink.from_json(json.dumps([[[[0.5, 0.5]]]] * 20_000)).gestures) == MAX_GESTURES
    ink.undo()
    assert not ink.is_full
    for _ in range(MAX_GESTURES + 3):
        ink.begin((0.5, 0.5))
        ink.end()
    assert len(ink.gestures) == MAX_GESTURES


@given(values)
def test_model_with_any_metadata_can_be_read_and_shown(value):
    metadata = {"threshold": value, "mnist_test_accuracy": value}
    model = Model(manifest_of(b"model", metadata=metadata), ConstantSession(CERTAIN))
    (reading,) = asyncio.run(Recogniser(model).read([array("f", [0.0] * 784)]))
    assert 0 <= reading.threshold <= 1
    assert all(len(line) < 100 for _, line in model_in_use(Words("en"), model))
    with suppress(Incompatible):
        check(metadata=metadata)


@given(st.lists(st.floats(width=32), min_size=10, max_size=10))
@example(row=[*[0.0] * 8, math.inf, -math.inf])
def test_model_with_outputs_that_are_not_probabilities_is_incompatible(row):
    with suppress(Incompatible):
        check(row=row)
        assert all(0 <= value <= 1.001 for value in row)


@pytest.mark.parametrize("shape", [(1, 3), (10,), (2, 10), (1, 1, 10), (0, 10)])
def test_output_with_an_undeclared_shape_is_refused(shape):
    class WrongShape:
        async def run(self, inputs, outputs=None):
            count = 1
            for size in shape:
                count *= size
            return {"probabilities": Tensor(array("f", [0.0] * count), shape)}

    reader = Recogniser(Model(manifest_of(b"model"), WrongShape()))
    with pytest.raises(SessionError, match="not as"):
        asyncio.run(reader.read([array("f", [0.0] * 784)]))
