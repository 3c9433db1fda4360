import gzip
import json

import pytest

from model.data import drawings as synthetic
from model.data import strokes
from model.data.strokes import StrokeFileError

SEVEN = {"label": "7", "strokes": [[[0, 0], [60, 0], [25, 100]], [[10, 50], [50, 50]]]}
SCRIBBLE = {"label": None, "strokes": [[[0, 0], [1, 1]]]}


def stroke_file(folder, *lines, name="strokes.jsonl.gz"):
    file = folder / name
    with gzip.open(file, "wt", encoding="utf-8") as out:
        out.writelines(line + "\n" for line in lines)
    return file


def test_drawings_are_read_with_their_labels(tmp_path):
    file = stroke_file(tmp_path, json.dumps(SEVEN), json.dumps(SCRIBBLE))
    seven, scribble = strokes.read_strokes(file)
    assert seven[0] == "7"
    assert seven[1][1] == [(10.0, 50.0), (50.0, 50.0)]
    assert scribble == (None, [[(0.0, 0.0), (1.0, 1.0)]])


def test_files_are_put_together_and_only_the_kind_that_is_missing_is_added(tmp_path, monkeypatch):
    monkeypatch.setattr(synthetic, "MEASURED", 10)
    digits = stroke_file(tmp_path, json.dumps(SEVEN), name="digits.gz")
    others = stroke_file(tmp_path, json.dumps(SCRIBBLE), name="others.gz")
    assert [label for label, _ in strokes.drawings([digits, others])] == ["7", None]
    assert [label for label, _ in strokes.drawings([digits])] == ["7", *[None] * 10]
    assert [label for label, _ in strokes.drawings([others])] == [None, *"0123456789"]


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
def test_a_line_that_is_no_drawing_is_named(tmp_path, line):
    file = stroke_file(tmp_path, json.dumps(SEVEN), line)
    with pytest.raises(StrokeFileError, match="line 2"):
        strokes.read_strokes(file)


def test_a_file_that_is_not_gzipped_not_there_or_empty_is_told(tmp_path):
    (tmp_path / "plain.jsonl").write_text(json.dumps(SEVEN))
    with pytest.raises(StrokeFileError, match="not gzipped"):
        strokes.read_strokes(tmp_path / "plain.jsonl")
    with pytest.raises(StrokeFileError, match="can't be read"):
        strokes.read_strokes(tmp_path / "none.gz")
    with pytest.raises(StrokeFileError, match="holds no drawing"):
        strokes.read_strokes(stroke_file(tmp_path))
