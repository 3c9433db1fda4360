"""Count the bytes that a first visit transfers, including the files stored for offline use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from offline_onnx_page.site.sources import BUILT, files_in, is_compressed_copy

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ENCODINGS = {"br": "Brotli", "gz": "gzip"}
"""The suffixes of compressed copies, and the names of the compressions."""
LARGE = (".wasm", ".data", ".zip", ".whl", ".onnx")
"""The suffixes of the files whose download the page shows."""


def transfer_sizes(
    site: Path, encoding: str, is_counted: Callable[[Path], bool] = lambda _: True
) -> dict[str, int]:
    """Return the transferred bytes of each file, by the file's path.

    Args:
        site: the folder of a built site.
        encoding: "br", "gz", or "" for no compression. A file that has no compressed copy counts
            with its full size.
        is_counted: returns whether a first visit downloads a file.

    """
    files = [file for file in files_in(site) if not is_compressed_copy(file) and is_counted(file)]
    return {
        file.relative_to(site).as_posix(): _encoded(file, encoding).stat().st_size for file in files
    }


def summary(site: Path, is_counted: Callable[[Path], bool] = lambda _: True) -> str:
    """Return the sums of all files, such as "20.5 MB, 5.9 MB with Brotli, 7.9 MB with gzip".

    A compression of which there are no copies is left out.
    """
    sums = {
        encoding: sum(transfer_sizes(site, encoding, is_counted).values())
        for encoding in ("", *ENCODINGS)
    }
    compressed = [
        f"{sums[key] / 1e6:.1f} MB with {name}"
        for key, name in ENCODINGS.items()
        if sums[key] < sums[""]
    ]
    return ", ".join([f"{sums[''] / 1e6:.1f} MB", *compressed])


def transfers(site: Path, is_counted: Callable[[Path], bool] = lambda _: True) -> dict[str, object]:
    """Return what a first visit downloads, in bytes, for built/site.js.

    Returns:
        "sizes" has the size of each large file in `built/` by its path. "compressed" has their
        compressed sizes by content coding, then by path; files that the coding does not make
        smaller are left out. "others" has the total size of all other files, except those outside
        `built/` that have a suffix of LARGE, by content coding.

    """
    counts = {
        name: transfer_sizes(site, suffix, is_counted)
        for name, suffix in (("identity", ""), ("br", "br"), ("gzip", "gz"))
    }
    plain = counts["identity"]
    large = [path for path in plain if path.startswith(f"{BUILT}/") and path.endswith(LARGE)]
    return {
        "sizes": {path: plain[path] for path in large},
        "compressed": {
            name: {path: count[path] for path in large if count[path] < plain[path]}
            for name, count in counts.items()
            if name != "identity"
        },
        "others": {
            name: sum(size for path, size in count.items() if not path.endswith(LARGE))
            for name, count in counts.items()
        },
    }


def _encoded(file: Path, encoding: str) -> Path:
    compressed = file.with_name(f"{file.name}.{encoding}")
    return compressed if encoding and compressed.is_file() else file
