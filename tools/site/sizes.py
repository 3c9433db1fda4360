"""Count the bytes that a first visit transfers, including the files stored for offline use.

Files that only custom models or search engines need are not counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.site.page import FOR_CRAWLERS, TEMPLATE

if TYPE_CHECKING:
    from pathlib import Path

ENCODINGS = {"br": "Brotli", "gz": "gzip"}
ON_DEMAND = "release"
"""The name, without the digest, of the folder that only custom models need. It contains the
untrimmed onnxruntime-web, which runs any model."""


def is_on_demand(file: Path) -> bool:
    """Return whether a page fetches a file of the site only for a custom model."""
    return file.parent.name.startswith(f"{ON_DEMAND}-")


def transfer_sizes(site: Path, encoding: str) -> dict[str, int]:
    """Return the transferred bytes of each file, by the file's path.

    Args:
        site: the folder of a built site.
        encoding: "br", "gz", or "" for no compression. A file that has no compressed copy counts
            with its full size.
    """
    files = [
        file
        for file in sorted(site.rglob("*"))
        if file.is_file()
        and file.suffix not in (".br", ".gz")
        and file.name[0] != "."
        and not is_on_demand(file)
        and file.name not in (TEMPLATE, *FOR_CRAWLERS)
    ]
    return {
        file.relative_to(site).as_posix(): _encoded(file, encoding).stat().st_size for file in files
    }


def summary(site: Path) -> str:
    """Return the sums of all files, such as "20.5 MB, 5.9 MB with Brotli, 7.9 MB with gzip"."""
    sums = {encoding: sum(transfer_sizes(site, encoding).values()) for encoding in ("", *ENCODINGS)}
    compressed = [f"{sums[key] / 1e6:.1f} MB with {name}" for key, name in ENCODINGS.items()]
    return ", ".join([f"{sums[''] / 1e6:.1f} MB", *compressed])


def _encoded(file: Path, encoding: str) -> Path:
    compressed = file.with_name(f"{file.name}.{encoding}")
    return compressed if encoding and compressed.is_file() else file
