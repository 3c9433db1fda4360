"""Tests of synthetic drawings and of stroke files."""

import gzip
import json

import numpy as np
import pytest

from digits.reading.contract import DIGITS
from model.data import drawings
from model.data.drawings import StrokeFileError

SEVEN = {"label": "7", "strokes": [[[0, 0], [60, 0], [25, 100]], [[10, 50], [50, 50]]]}
SCRIBBLE = {"label": None, "strokes": [[[0, 0], [1, 1]]]}


def write_stroke_file(folder, *lines, name="strokes.jsonl.gz"):
    """Write a gzipped file of lines into a folder; return its path."""
    file = folder / name
    with gzip.open(file, "wt", encoding="utf-8") as out:
        out.writelines(line + "\n" for line in lines)
    return file


def test_an_image_does_not_depend_on_the_number_of_images_or_the_chunk_size(monkeypatch):
    twenty = drawings.draw_images(drawings.SYNTHETIC_DIGITS, 20, 5)
    assert twenty.images.shape == (20, 28, 28)
    assert twenty.labels.tolist() == [*range(10), *range(10)]
    again = drawings.draw_images(drawings.SYNTHETIC_DIGITS, 20, 5)
    assert np.array_equal(twenty.images, again.images)
    monkeypatch.setattr(drawings, "CHUNK", 7)
    thirty = drawings.draw_images(drawings.SYNTHETIC_DIGITS, 30, 5)
    assert np.array_equal(thirty.images[:20], twenty.images)
    assert set(drawings.draw_images(drawings.TRAINING_NON_DIGITS, 5, 5).labels) == {
        drawings.NO_SYMBOL
    }


def test_load_returns_synthetic_drawings_if_there_are_no_files(monkeypatch):
    monkeypatch.setattr(drawings, "EVALUATION_COUNT", 10)
    assert [label for label, _ in drawings.load([])] == [*DIGITS, *[None] * 10]


def test_read_stroke_file_returns_labels_and_strokes(tmp_path):
    file = write_stroke_file(tmp_path, json.dumps(SEVEN), json.dumps(SCRIBBLE))
    seven, scribble = drawings.read_stroke_file(file)
    assert seven[0] == "7"
    assert seven[1][1] == [(10.0, 50.0), (50.0, 50.0)]
    assert scribble == (None, [[(0.0, 0.0), (1.0, 1.0)]])


def test_load_joins_files_and_adds_synthetic_drawings_of_a_missing_kind(tmp_path, monkeypatch):
    monkeypatch.setattr(drawings, "EVALUATION_COUNT", 10)
    digits = write_stroke_file(tmp_path, json.dumps(SEVEN), name="digits.gz")
    others = write_stroke_file(tmp_path, json.dumps(SCRIBBLE), name="others.gz")
    assert [label for label, _ in drawings.load([digits, others])] == ["7", None]
    assert [label for label, _ in drawings.load([digits])] == ["7", *[None] * 10]
    assert [label for label, _ in drawings.load([others])] == [None, *DIGITS]


def test_a_line_of_several_digits_is_no_digit():
    drawn = [(label, [[(0, 0)]]) for label in ("7", "78", "12+7=", "+", "1\n2", None)]
    assert [label for label, _ in drawings.digits_among(drawn)] == ["7"]
    assert [label for label, _ in drawings.lines_among(drawn)] == ["78", "12+7=", "+", "1\n2"]


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
        json.dumps({**SEVEN, "label": "7a"}),
        json.dumps({**SEVEN, "strokes": []}),
        json.dumps({**SEVEN, "strokes": [[[0, 10**400]]]}),
    ],
)
def test_an_invalid_line_is_an_error_that_names_the_line(tmp_path, line):
    file = write_stroke_file(tmp_path, json.dumps(SEVEN), line)
    with pytest.raises(StrokeFileError, match="line 2"):
        drawings.read_stroke_file(file)


def test_a_missing_empty_or_uncompressed_file_is_an_error(tmp_path):
    (tmp_path / "plain.jsonl").write_text(json.dumps(SEVEN))
    with pytest.raises(StrokeFileError, match="not gzipped"):
        drawings.read_stroke_file(tmp_path / "plain.jsonl")
    with pytest.raises(StrokeFileError, match="can't be read"):
        drawings.read_stroke_file(tmp_path / "none.gz")
    with pytest.raises(StrokeFileError, match="contains no drawings"):
        drawings.read_stroke_file(write_stroke_file(tmp_path))


def damage(position):
    """Return a function that changes the byte at a position of a file's content."""

    def change(content):
        content[position] ^= 0xFF
        return content

    return change


@pytest.mark.parametrize(
    "change",
    [lambda content: content[:-12], damage(40), damage(-8), damage(-1)],
    ids=["cut off", "damaged data", "wrong checksum", "wrong length"],
)
def test_a_damaged_file_is_an_error_that_does_not_suggest_gzip(tmp_path, change):
    file = write_stroke_file(tmp_path, json.dumps(SEVEN), json.dumps(SCRIBBLE))
    file.write_bytes(change(bytearray(file.read_bytes())))
    with pytest.raises(StrokeFileError, match=r"is damaged \(.+\); copy it again"):
        drawings.read_stroke_file(file)
