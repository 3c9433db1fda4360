"""Tests of reading taught examples and of adding them to the training images."""

import numpy as np
import pytest

from digits.reading.examples import Example, to_json
from model.data import taught
from model.data.mnist import LabelledImages
from tools.console import BuildError

SEVEN, ONE = Example("7", bytes([9]) * 784), Example("1", bytes([5]) * 784)
SYNTHETIC = LabelledImages(np.zeros((80, 28, 28), np.uint8), np.full(80, 3, np.uint8))


def test_mix_into_replaces_one_in_eight_synthetic_digits_by_equally_frequent_examples():
    mixed = taught.mix_into(SYNTHETIC, [SEVEN, ONE])
    assert (len(mixed), mixed.images.dtype, mixed.labels.dtype) == (80, np.uint8, np.uint8)
    assert np.bincount(mixed.labels).tolist() == [0, 5, 0, 70, 0, 0, 0, 5]
    assert (mixed.images[mixed.labels == 7] == 9).all()
    assert taught.mix_into(SYNTHETIC, []) is SYNTHETIC


def test_read_joins_the_examples_of_files_without_duplicates(tmp_path):
    files = [tmp_path / "a.json", tmp_path / "b.json"]
    for file, examples in zip(files, ([SEVEN], [SEVEN, ONE]), strict=True):
        file.write_text(to_json(examples))
    assert taught.read(files) == [SEVEN, ONE]


def test_examples_of_signs_are_left_out(tmp_path):
    file = tmp_path / "taught.json"
    file.write_text(to_json([SEVEN, Example("+", bytes([3]) * 784)]), "utf-8")
    assert taught.read([file]) == [SEVEN]


@pytest.mark.parametrize("content", [b"{", b"\xff", b"[]", None])
def test_a_missing_or_invalid_file_is_an_error(tmp_path, content):
    file = tmp_path / "taught.json"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(BuildError, match=r"taught\.json can't be used as examples"):
        taught.read([file])
