"""Tests of `teaching.measure`, with few drawings."""

import json
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from model.data import drawings, mnist
from model.evaluation import teaching
from tools.site.bundle import MODEL


@pytest.fixture(scope="module")
def pairs():
    """Return the TaughtPairs that `measure` finds for 60 twos and 60 sevens."""
    draw = partial(drawings._draw, drawings.SYNTHETIC_DIGITS, drawings.EVALUATION_SEED)
    drawn = [  # the last decimal digit of the index is the digit drawn
        (str(digit), draw(index + digit)[1]) for index in range(0, 600, 10) for digit in (2, 7)
    ]
    # Playwright's event loop may run in this thread, and `asyncio.run` fails where a loop is
    # running.
    with ThreadPoolExecutor(1) as pool:
        test = mnist.load()[1][:300]
        return pool.submit(teaching.measure, MODEL, test, drawn).result()


def test_misread_pairs_are_read_well_after_five_corrections(pairs):
    assert {pair.label for pair in pairs} == {"2", "7"}
    assert all(pair.before < 0.6 for pair in pairs)
    summary = teaching.summary(pairs)
    assert summary["pairs"] == len(pairs) >= 4
    assert summary["after"] > 0.9 > 0.3 > summary["before"]
    assert summary["scan_loss_max"] <= 0.01


def test_as_text_and_as_json_contain_all_pairs(pairs):
    text = teaching.as_text(pairs)
    assert text.count("pt") == 2 * len(pairs)  # two losses of accuracy, in percentage points
    assert f"{len(pairs)} pairs" in text
    assert json.loads(teaching.as_json(pairs))["each"][0]["style"] in teaching.WRITING_STYLES


def test_in_style_maps_every_point_of_every_stroke():
    strokes = [[(0.2, 0.3), (0.4, 0.5)], [(0.6, 0.7)]]
    assert teaching.in_style(strokes, "mirrored") == [[(-0.2, 0.3), (-0.4, 0.5)], [(-0.6, 0.7)]]
    rotated = teaching.in_style(teaching.in_style(strokes, "turned left"), "turned right")
    assert [point for stroke in rotated for point in stroke] == [
        pytest.approx(point) for stroke in strokes for point in stroke
    ]
