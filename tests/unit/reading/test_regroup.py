"""Regrouping the strokes of a line, so that the line as a whole becomes more probable."""

import itertools
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digits.drawing.segment import Candidate
from digits.reading.contract import DIGITS, SIGNS, SYMBOLS
from digits.reading.recogniser import Reading, ranked
from digits.reading.regroup import regroup


@dataclass(eq=False)
class Symbol:
    """Strokes that were read as one symbol."""

    candidate: Candidate
    box: tuple[float, float, float, float]
    reading: Reading
    splits: list[tuple["Symbol", "Symbol"]] = field(default_factory=list)


def symbol(label, x, confidence=0.9, parts=(), probability=0.5):
    """Return a symbol.

    Args:
        label: the label that was read.
        x: the middle of its box.
        confidence: the confidence of its reading.
        parts: the two symbols into which it can be split, if it can be.
        probability: the probability that its parts are one symbol, by their geometry.
    """
    probabilities = [float(each == label) if label in DIGITS else 0.1 for each in DIGITS]
    is_digit = confidence if label in DIGITS else 1e-12
    signs = [confidence if each == label else 0.0 for each in SIGNS]
    reading = ranked(probabilities, is_digit, signs, 0.5)
    splits = [tuple(parts)] if parts else []
    candidates = tuple((first.candidate, second.candidate) for first, second in splits)
    return Symbol(Candidate([0], probability, candidates), (x, 0.0, x, 1.0), reading, splits)


def written(text):
    """Return the symbols of a text, each 1 to the right of the one before."""
    return [symbol(label, float(index)) for index, label in enumerate(text)]


def text_of(line):
    """Return the text that was read."""
    return "".join(each.reading.label for each in line)


@pytest.mark.parametrize(
    ("text", "parts", "label", "joined"),
    [("5)(3=", ")(", "×", "5×3="), ("4+-7", "-7", "7", "4+7"), ("12+13", "12", "0", "12+13")],
)
def test_symbols_are_joined_only_if_the_line_becomes_more_probable(text, parts, label, joined):
    line, start = written(text), text.index(parts)
    pair = line[start : start + 2]
    whole = symbol(label, start + 0.5, 0.6, pair, probability=0.3)
    assert text_of(regroup(line, [whole])) == joined


@pytest.mark.parametrize("probability", [0.6, 0.999])
def test_a_symbol_is_split_unless_its_strokes_almost_certainly_belong_together(probability):
    whole = symbol("9", 3.5, 0.95, [symbol("4", 3.0), symbol(")", 4.0)], probability)
    line = [*written("(2+"), whole, symbol("×", 5.0), symbol("3", 6.0)]
    split = text_of(regroup(line, [whole])) == "(2+4)×3"
    assert split == (probability < 0.9)


def test_the_most_probable_of_several_splits_is_chosen():
    whole = symbol("0", 3.5, 0.2, [symbol("-", 3.0, 0.3), symbol("7", 4.0, 0.5)])
    better = symbol("6", 3.2, 0.9), symbol("1", 3.8, 0.9)
    whole.splits.append(better)
    assert text_of(regroup([*written("12+"), whole], [whole])) == "12+61"


def test_a_line_can_be_changed_more_than_once():
    line = written("5)(3-7=")
    times = symbol("×", 1.5, 0.6, line[1:3])
    seven = symbol("7", 4.5, 0.9, line[4:6], probability=0.97)
    assert text_of(regroup(line, [seven, times])) == "5×37="


def test_candidates_of_another_line_change_nothing():
    line, other = written("5)(3="), written(")(")
    assert regroup(line, [symbol("×", 1.5, 0.9, other)]) == line


@given(
    st.lists(st.sampled_from(SYMBOLS), min_size=2, max_size=7),
    st.lists(
        st.tuples(st.sampled_from(SYMBOLS), st.floats(0.01, 0.97), st.floats(0.01, 1)), max_size=6
    ),
)
def test_every_stroke_stays_in_one_symbol(text, alternatives):
    line = written(text)
    pairs = itertools.cycle(itertools.pairwise(line))
    wholes = [
        symbol(label, (pair[0].box[0] + pair[1].box[0]) / 2, confidence, pair, probability)
        for pair, (label, probability, confidence) in zip(pairs, alternatives, strict=False)
    ]
    found = regroup(line, wholes)
    parts = [part for each in found for part in (each.splits[0] if each.splits else [each])]
    assert sorted(parts, key=id) == sorted(line, key=id)
    assert found == sorted(found, key=lambda each: each.box[0])
