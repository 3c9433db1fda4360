"""Tests of loading MNIST."""

import gzip
import shutil

import numpy as np
import pytest

from model.data import mnist
from model.data.mnist import DIGESTS, NPM_FOLDER, DatasetError


def test_load_returns_60000_training_digits_and_10000_test_digits():
    training, test = mnist.load()
    assert training.images.shape == (60_000, 28, 28)
    assert test.images.shape == (10_000, 28, 28)
    assert sorted(set(training.labels.tolist())) == list(range(10))
    assert len(training) == 60_000
    assert test[:3].labels.tolist() == [7, 2, 1]


def test_as_input_returns_float32_between_0_and_1():
    _, test = mnist.load()
    values = test[:10].as_input()
    assert values.dtype == np.float32
    assert values.shape == (10, 28, 28, 1)
    assert (values.min(), values.max()) == (0, 1)


def test_load_reads_gzipped_files(tmp_path):
    for name in DIGESTS:
        with gzip.open(tmp_path / f"{name}.gz", "wb", compresslevel=1) as packed:
            packed.write((NPM_FOLDER / name).read_bytes())
    assert len(mnist.load(str(tmp_path))[1]) == 10_000


def test_a_missing_file_is_an_error_that_names_the_file(tmp_path):
    with pytest.raises(DatasetError, match=r"train-images.*npm ci"):
        mnist.load(str(tmp_path))


def test_a_file_with_a_changed_byte_is_an_error_that_names_the_file(tmp_path):
    for name in DIGESTS:
        shutil.copy(NPM_FOLDER / name, tmp_path)
    labels = bytearray((tmp_path / "t10k-labels-idx1-ubyte").read_bytes())
    labels[100] ^= 1
    (tmp_path / "t10k-labels-idx1-ubyte").write_bytes(labels)
    with pytest.raises(DatasetError, match="t10k-labels"):
        mnist.load(str(tmp_path))
