import gzip
import shutil

import keras
import numpy as np
import pytest

from model.data import mnist as dataset
from model.data.mnist import DIGESTS, NPM_FOLDER, DatasetError


def test_all_seventy_thousand_digits_are_there():
    training, test = dataset.load()
    assert training.images.shape == (60_000, 28, 28)
    assert test.images.shape == (10_000, 28, 28)
    assert sorted(set(training.labels.tolist())) == list(range(10))
    assert len(training) == 60_000
    assert test[:3].labels.tolist() == [7, 2, 1]


def test_the_network_takes_them_as_float32_between_0_and_1():
    _, test = dataset.load()
    values = test[:10].as_input()
    assert values.dtype == np.float32
    assert values.shape == (10, 28, 28, 1)
    assert (values.min(), values.max()) == (0, 1)


def test_a_folder_of_gzipped_files_serves_as_well(tmp_path):
    for name in DIGESTS:
        with gzip.open(tmp_path / f"{name}.gz", "wb", compresslevel=1) as packed:
            packed.write((NPM_FOLDER / name).read_bytes())
    assert len(dataset.load(str(tmp_path))[1]) == 10_000


def test_kerass_own_download_serves_as_well_and_is_verified_too(monkeypatch):
    training, test = dataset.load()
    halves = [(part.images.copy(), part.labels.copy()) for part in (training, test)]
    monkeypatch.setattr(keras.datasets.mnist, "load_data", lambda: halves)
    assert np.array_equal(dataset.load("keras")[0].images, training.images)
    halves[1][0][5, 14, 14] ^= 1
    with pytest.raises(DatasetError, match="t10k-images"):
        dataset.load("keras")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DatasetError, match=r"train-images.*npm ci"):
        dataset.load(str(tmp_path))


def test_a_changed_file_is_refused(tmp_path):
    for name in DIGESTS:
        shutil.copy(NPM_FOLDER / name, tmp_path)
    labels = bytearray((tmp_path / "t10k-labels-idx1-ubyte").read_bytes())
    labels[100] ^= 1
    (tmp_path / "t10k-labels-idx1-ubyte").write_bytes(labels)
    with pytest.raises(DatasetError, match="t10k-labels"):
        dataset.load(str(tmp_path))
