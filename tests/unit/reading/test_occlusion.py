import asyncio
from array import array

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digits.drawing.raster import SIDE, rasterise
from digits.reading.occlusion import KEPT, MATTERS, explain
from digits.reading.recogniser import Recogniser
from digits.reading.squares import SIZE, STARTS, erased, inked, pixels_in
from model.evaluation import readings as reading
from offline_onnx import Model, Tensor
from tests.unit.drawing.digit_shapes import SHAPES
from tests.unit.fakes import manifest_of
from tools.site.bundle import MODEL

THRESHOLD = 0.6


class Weighing:
    """Reads a 3 if there is as much ink where the weights are above zero as was; else less so.

    weights: by pixel; those that are left out weigh nothing.
    """

    def __init__(self, weights, whole):
        self.weights = weights
        self.whole = self.weigh(whole) or 1.0
        self.runs = []

    def weigh(self, image):
        return sum(weight * image[pixel] for pixel, weight in self.weights.items())

    async def run(self, inputs, outputs=None):
        pixels, count = inputs["image"].values, inputs["image"].shape[0]
        self.runs.append(count)
        answers = array("f")
        for start in range(0, count * SIDE * SIDE, SIDE * SIDE):
            part = self.weigh(pixels[start : start + SIDE * SIDE]) / self.whole
            three = min(max(0.8 * part, 0.0), 1.0)
            answers.extend([0.0] * 3 + [three] + [0.0] * 4 + [1 - three, 0.0])
        return {"probabilities": Tensor(answers, (count, 10))}


def recogniser_of(session):
    return Recogniser(Model(manifest_of(b"model", metadata={"threshold": THRESHOLD}), session))


def explained(image, weights):
    session = Weighing(weights, image)
    return asyncio.run(explain(recogniser_of(session), image)), session


def read(session, images):
    return asyncio.run(recogniser_of(session).read(images))


def image_of(ink):
    image = array("f", bytes(4 * SIDE * SIDE))
    for pixel, value in ink.items():
        image[pixel] = value
    return image


PIXELS = st.integers(0, SIDE * SIDE - 1)
INK = st.dictionaries(PIXELS, st.floats(0.125, 1, width=32), min_size=1, max_size=30)
WEIGHTS = st.dictionaries(PIXELS, st.floats(0.1, 1), max_size=30)


def squares_over(pixel):
    row, column = divmod(pixel, SIDE)
    return [
        (left, top)
        for left in STARTS
        for top in STARTS
        if left <= column < left + SIZE and top <= row < top + SIZE
    ]


OVER = [squares_over(pixel) for pixel in range(SIDE * SIDE)]


def test_every_pixel_lies_in_a_square_and_a_square_without_ink_is_left_out():
    for pixel, over in enumerate(OVER):
        assert over
        assert all(pixel in pixels_in(square) for square in over)
    for pixel in range(0, SIDE * SIDE, 13):
        assert sorted(inked(image_of({pixel: 0.5}))) == sorted(OVER[pixel])


@given(INK, PIXELS)
def test_what_is_erased_is_the_ink_in_the_square_and_no_other(ink, pixel):
    image = image_of(ink)
    square = OVER[pixel][0]
    rest = erased(image, square)
    for index, over in enumerate(OVER):
        assert rest[index] == (0 if square in over else image[index])
    assert image == image_of(ink)


@settings(max_examples=20)
@given(INK, WEIGHTS)
def test_the_map_is_the_mean_fall_of_the_chance_over_the_squares_that_hold_a_pixel(ink, weights):
    image = image_of(ink)
    explanation, session = explained(image, weights)
    chances = {piece.square: piece.chance for piece in explanation.pieces}
    label, whole = int(explanation.reading.label), explanation.reading.sureness
    again = read(session, [erased(image, square) for square in chances])
    assert list(chances.values()) == [each.chances[label] for each in again]
    assert chances.keys() == {square for pixel in ink for square in OVER[pixel]}
    for over, matters in zip(OVER, explanation.map, strict=True):
        falls = [whole - chances.get(square, whole) for square in over]
        assert matters == pytest.approx(sum(falls) / len(over), abs=1e-6)
        assert matters == 0 or chances.keys() & set(over)


@settings(max_examples=20)
@given(INK, WEIGHTS)
def test_a_change_of_mind_was_read_and_no_piece_that_does_as_much_is_smaller(ink, weights):
    image = image_of(ink)
    explanation, session = explained(image, weights)
    change, before = explanation.change, explanation.reading

    def answer(reading):
        return reading.label if reading.sure else None

    if change:
        (again,) = read(session, [change.image])
        assert again == change.reading
        assert answer(again) != answer(before)
        assert sum(change.image) >= KEPT * sum(image)
        assert all(left in (0, was) for left, was in zip(change.image, image, strict=True))
    rests = [erased(image, piece.square) for piece in explanation.pieces]
    for rest, alone in zip(rests, read(session, rests), strict=True):
        if answer(alone) != answer(before) and sum(rest) >= KEPT * sum(image):
            assert change
            assert change.reading.sure >= alone.sure
            assert change.reading.sure > alone.sure or sum(change.image) >= sum(rest)


def bar(row, columns):
    return {row * SIDE + column: 1.0 for column in columns}


TOP, BOTTOM = bar(5, range(8, 20)), bar(22, range(8, 20))


def test_two_runs_tell_which_ink_speaks_for_and_which_against_the_label():
    image = image_of(TOP | BOTTOM)
    explanation, session = explained(image, TOP | dict.fromkeys(BOTTOM, -0.3))
    assert len(session.runs) == 2
    assert session.runs[0] == len(explanation.pieces) + 1
    assert max(session.runs) <= len(STARTS) ** 2 + 1
    assert explanation.reading.label == "3"
    assert all(explanation.map[pixel] > 0 for pixel in TOP)
    assert all(explanation.map[pixel] < 0 for pixel in BOTTOM)
    speaks_for, against = explanation.speaks_for, explanation.speaks_against
    assert explanation.place(erased(image, speaks_for.square))[0] == 0
    assert explanation.place(erased(image, against.square))[0] == 2
    assert speaks_for.chance < explanation.reading.sureness < against.chance
    assert explanation.runner_up == pytest.approx(1 - explanation.reading.sureness)


def test_ink_that_only_matters_together_is_erased_together():
    image = image_of(TOP | BOTTOM)
    explanation, _ = explained(image, TOP | dict.fromkeys(BOTTOM, 2.0))
    assert explanation.change.reading.label == "8"
    assert explanation.change.reading.sure
    assert explanation.place(explanation.change.image)[0] == 2
    assert sum(image) - sum(explanation.change.image) > SIZE


def test_where_nothing_matters_nothing_is_told():
    explanation, session = explained(image_of(TOP | BOTTOM), {})
    assert set(explanation.map) == {0.0}
    assert explanation.speaks_for is explanation.speaks_against is explanation.change is None
    assert len(session.runs) == 1


@pytest.mark.parametrize(
    ("pixel", "place"),
    [(5 * SIDE + 5, (0, 0)), (5 * SIDE + 22, (0, 2)), (14 * SIDE + 14, (1, 1)),
     (22 * SIDE + 5, (2, 0)), (22 * SIDE + 14, (2, 1))],
)  # fmt: skip
def test_a_place_is_a_third_of_the_ink(pixel, place):
    image = image_of(dict.fromkeys((5 * SIDE + 5, 22 * SIDE + 22, pixel), 1.0))
    rest = array("f", image)
    rest[pixel] = 0
    assert explained(image, {})[0].place(rest) == place


def test_in_a_narrow_digit_all_ink_is_in_the_middle_of_its_width():
    image = image_of({row * SIDE + 13: 1.0 for row in range(4, 24)})
    explanation, _ = explained(image, {})
    assert {explanation.place(erased(image, piece.square)) for piece in explanation.pieces} == {
        (0, 1), (1, 1), (2, 1),
    }  # fmt: skip


def test_the_released_model_is_explained():
    reader, changes = reading.recogniser(MODEL), 0
    for _, strokes in SHAPES.values():
        image = rasterise(strokes)
        explanation = asyncio.run(explain(reader, image))
        (whole,) = asyncio.run(reader.read([image]))
        assert explanation.reading.label == whole.label
        assert explanation.reading.sureness == pytest.approx(whole.sureness, abs=1e-5)
        most, change = explanation.speaks_for, explanation.change
        if most:
            (without,) = asyncio.run(reader.read([erased(image, most.square)]))
            assert without.chances[int(whole.label)] == pytest.approx(most.chance, abs=1e-5)
            assert whole.sureness - most.chance >= MATTERS
        if change:
            changes += 1
            (again,) = asyncio.run(reader.read([change.image]))
            assert again.label == change.reading.label
            assert (again.label, again.sure) != (whole.label, whole.sure)
    assert changes > len(SHAPES) / 2
