"""Synthetic drawings as images, and stroke files."""

import gzip
import json

import numpy as np
import pytest

from digits.reading.contract import DIGITS
from model.data import drawings
from model.data.drawings import StrokeFileError

SEVEN = {"label": "7", "strokes": [[[0, 0], [60, 0], [25, 100]], [[10, 50], [50, 50]]]}
SCRIBBLE = {"label": None, "strokes": [[[0, 0], [1, 1]]]}


def stroke_file(folder, *lines, name="strokes.jsonl.gz"):
    file = folder / name
    with gzip.open(file, "wt", encoding="utf-8") as out:
        out.writelines(line + "\n" for line in lines)
    return file


def test_an_image_depends_on_its_index_and_not_on_how_many_there_are(monkeypatch):
    some = drawings.images("pen", 20, 5)
    assert some.images.shape == (20, 28, 28)
    assert some.labels.tolist() == [*range(10), *range(10)]
    again = drawings.images("pen", 20, 5)
    assert np.array_equal(some.images, again.images)
    monkeypatch.setattr(drawings, "CHUNK", 7)
    more = drawings.images("pen", 30, 5)
    assert np.array_equal(more.images[:20], some.images)
    assert set(drawings.images("training", 5, 5).labels) == {drawings.NOT_A_DIGIT}


def test_without_files_all_drawings_are_synthetic(monkeypatch):
    monkeypatch.setattr(drawings, "EVALUATION_COUNT", 10)
    assert [label for label, _ in drawings.load([])] == [*DIGITS, *[None] * 10]


def test_drawings_are_read_with_their_labels(tmp_path):
    file = stroke_file(tmp_path, json.dumps(SEVEN), json.dumps(SCRIBBLE))
    seven, scribble = drawings.read_stroke_file(file)
    assert seven[0] == "7"
    assert seven[1][1] == [(10.0, 50.0), (50.0, 50.0)]
    assert scribble == (None, [[(0.0, 0.0), (1.0, 1.0)]])


def test_files_are_joined_and_only_the_kind_that_is_missing_is_added(tmp_path, monkeypatch):
    monkeypatch.setattr(drawings, "EVALUATION_COUNT", 10)
    digits = stroke_file(tmp_path, json.dumps(SEVEN), name="digits.gz")
    others = stroke_file(tmp_path, json.dumps(SCRIBBLE), name="others.gz")
    assert [label for label, _ in drawings.load([digits, others])] == ["7", None]
    assert [label for label, _ in drawings.load([digits])] == ["7", *[None] * 10]
    assert [label for label, _ in drawings.load([others])] == [None, *DIGITS]


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        '{"label": "7"}',
        '{"label": "7", "strokes": [[1]]}',
        json.dumps({**SEVEN, "label": "A"}),
        json.dumps({**SEVEN, "label": 7}),
        json.dumps({**SEVEN, "label": ""}),
        json.dumps({**SEVEN, "label": "78"}),
        json.dumps({**SEVEN, "strokes": []}),
    ],
)
def test_the_error_names_the_line_that_is_not_a_drawing(tmp_path, line):
    file = stroke_file(tmp_path, json.dumps(SEVEN), line)
    with pytest.raises(StrokeFileError, match="line 2"):
        drawings.read_stroke_file(file)


def test_a_file_that_is_missing_empty_or_not_gzipped_is_an_error(tmp_path):
    (tmp_path / "plain.jsonl").write_text(json.dumps(SEVEN))
    with pytest.raises(StrokeFileError, match="not gzipped"):
        drawings.read_stroke_file(tmp_path / "plain.jsonl")
    with pytest.raises(StrokeFileError, match="can't be read"):
        drawings.read_stroke_file(tmp_path / "none.gz")
    with pytest.raises(StrokeFileError, match="holds no drawing"):
        drawings.read_stroke_file(stroke_file(tmp_path))
