import gzip
import json

import pytest

from model import dataset, evaluate
from model.evaluate import StrokeFileError
from tools.bundle import MODEL

SEVEN = {"label": "7", "strokes": [[[0, 0], [60, 0], [25, 100]], [[10, 50], [50, 50]]]}
ONE = {"label": "1", "strokes": [[[5, 0], [4, 50], [5, 100]]]}
SCRIBBLE = {"label": None, "strokes": [[[0, 0], [1, 1]]]}


@pytest.fixture(scope="module")
def reader():
    return evaluate.recogniser(MODEL)


def stroke_file(folder, *lines):
    file = folder / "strokes.jsonl.gz"
    with gzip.open(file, "wt", encoding="utf-8") as out:
        out.writelines(line + "\n" for line in lines)
    return file


def test_the_released_model_reads_mnists_test_set_as_its_manifest_says(reader):
    found = evaluate.on_mnist(reader, dataset.load()[1])
    assert found.count == 10_000
    assert found.accuracy >= 0.995
    assert found.accuracy == pytest.approx(reader.model.metadata["mnist_test_accuracy"], abs=2e-4)


def test_strokes_are_read_and_what_is_no_digit_is_left_out(reader, tmp_path):
    file = stroke_file(tmp_path, *map(json.dumps, (SEVEN, ONE, SCRIBBLE, SEVEN)))
    found = evaluate.on_strokes(reader, file)
    assert (found.count, found.accuracy, found.by_label) == (3, 1.0, {"1": 1.0, "7": 1.0})


def test_a_wrong_label_counts_as_an_error(reader, tmp_path):
    file = stroke_file(tmp_path, *map(json.dumps, (SEVEN, {**SEVEN, "label": "2"})))
    found = evaluate.on_strokes(reader, file)
    assert (found.accuracy, found.by_label) == (0.5, {"2": 0.0, "7": 1.0})


@pytest.mark.parametrize("line", ["{", "[]", '{"label": "7"}', '{"label": "7", "strokes": [[1]]}'])
def test_a_line_that_is_no_drawing_is_named(reader, tmp_path, line):
    with pytest.raises(StrokeFileError, match="line 2"):
        evaluate.on_strokes(reader, stroke_file(tmp_path, json.dumps(ONE), line))


@pytest.mark.parametrize("drawing", [{**SEVEN, "label": "A"}, {**SEVEN, "strokes": []}])
def test_a_label_that_the_model_does_not_know_or_a_digit_without_ink_is_refused(
    reader, tmp_path, drawing
):
    with pytest.raises(StrokeFileError, match="needed are one of 0, 1"):
        evaluate.on_strokes(reader, stroke_file(tmp_path, json.dumps(drawing)))


def test_a_file_that_is_not_gzipped_is_told(reader, tmp_path):
    (tmp_path / "plain.jsonl").write_text(json.dumps(SEVEN))
    with pytest.raises(StrokeFileError, match="not gzipped"):
        evaluate.on_strokes(reader, tmp_path / "plain.jsonl")


def test_a_file_that_is_not_there_or_holds_no_digit_is_told(reader, tmp_path):
    with pytest.raises(StrokeFileError, match="can't be read"):
        evaluate.on_strokes(reader, tmp_path / "none.gz")
    with pytest.raises(StrokeFileError, match="no digit"):
        evaluate.on_strokes(reader, stroke_file(tmp_path, json.dumps(SCRIBBLE)))


def test_the_result_is_written_as_json_and_as_a_table():
    mnist = evaluate.Accuracy(4, 0.75, {"1": 0.5, "7": 1.0})
    pen = evaluate.Accuracy(2, 0.5, {"7": 0.5})
    found = json.loads(evaluate.as_json(mnist, {"pen.gz": pen}))
    assert found["mnist_test_accuracy"] == 0.75
    assert found["strokes"] == [
        {"file": "pen.gz", "count": 2, "accuracy": 0.5, "by_label": {"7": 0.5}}
    ]
    assert "75.00%" in evaluate.as_text(mnist, {"pen.gz": pen})
