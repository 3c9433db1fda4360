"""The measurement of teaching, on few drawings; the figures are the command's."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from model.data import drawings as synthetic
from model.data import mnist as dataset
from model.evaluation import habits, teaching
from tools.site.bundle import MODEL


@pytest.fixture(scope="module")
def styles():
    drawn = [(label, strokes) for label, strokes in synthetic.measuring() if label in ("2", "7")]
    with ThreadPoolExecutor(1) as other:  # Playwright's event loop may run in this thread
        test = dataset.load()[1][:300]
        return other.submit(teaching.measure, MODEL, test, drawn[:120]).result()


def test_styles_that_are_misread_are_read_after_five_corrections(styles):
    assert {style.label for style in styles} == {"2", "7"}
    assert all(style.before < 0.6 for style in styles)
    summary = teaching.summed_up(styles)
    assert summary["styles"] == len(styles) >= 4
    assert summary["after"] > 0.9 > 0.3 > summary["before"]
    assert summary["scans_most"] <= 0.01


def test_the_figures_are_told_as_text_and_as_json(styles):
    text = teaching.as_text(styles)
    assert text.count("pt") == 2 * len(styles)
    assert f"{len(styles)} styles" in text
    assert json.loads(teaching.as_json(styles))["each"][0]["habit"] in habits.HABITS


def test_a_habit_moves_every_point_and_keeps_the_strokes():
    strokes = [[(0.2, 0.3), (0.4, 0.5)], [(0.6, 0.7)]]
    assert habits.drawn(strokes, "mirrored") == [[(-0.2, 0.3), (-0.4, 0.5)], [(-0.6, 0.7)]]
    turned = habits.drawn(habits.drawn(strokes, "turned left"), "turned right")
    assert [point for stroke in turned for point in stroke] == [
        pytest.approx(point) for stroke in strokes for point in stroke
    ]
