import numpy as np
import pytest

from digits.reading.examples import Example, to_json
from model.data import taught
from model.data.mnist import Digits
from tools.console import BuildError

ONE, OTHER = Example("7", bytes([9]) * 784), Example("1", bytes([5]) * 784)
PEN = Digits(np.zeros((80, 28, 28), np.uint8), np.full(80, 3, np.uint8))


def test_one_in_eight_pen_digits_is_an_example_and_all_examples_are_equally_frequent():
    mixed = taught.mix_into(PEN, [ONE, OTHER])
    assert (len(mixed), mixed.images.dtype, mixed.labels.dtype) == (80, np.uint8, np.uint8)
    assert np.bincount(mixed.labels).tolist() == [0, 5, 0, 70, 0, 0, 0, 5]
    assert (mixed.images[mixed.labels == 7] == 9).all()
    assert taught.mix_into(PEN, []) is PEN


def test_examples_of_several_files_are_joined_without_duplicates(tmp_path):
    files = [tmp_path / "a.json", tmp_path / "b.json"]
    for file, examples in zip(files, ([ONE], [ONE, OTHER]), strict=True):
        file.write_text(to_json(examples))
    assert taught.read(files) == [ONE, OTHER]


@pytest.mark.parametrize("content", [b"{", b"\xff", b"[]", None])
def test_a_file_without_valid_examples_stops_the_build(tmp_path, content):
    file = tmp_path / "taught.json"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(BuildError, match=r"taught\.json can't be used as examples"):
        taught.read([file])
