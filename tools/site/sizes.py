"""How many bytes a visit transfers: every file that offline use needs, plain or compressed.

Files that are fetched only on demand are not counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.site.parts import is_on_demand

if TYPE_CHECKING:
    from pathlib import Path

ENCODINGS = {"br": "Brotli", "gz": "gzip"}


def transfer_sizes(site: Path, encoding: str) -> dict[str, int]:
    """Return how many bytes are transferred of each file, by its path.

    Args:
        site: the built site.
        encoding: "br", "gz", or "" for none. Files without that encoding count as they are.
    """
    files = [
        file
        for file in sorted(site.rglob("*"))
        if file.is_file()
        and file.suffix not in (".br", ".gz")
        and file.name[0] != "."
        and not is_on_demand(file)
    ]
    return {
        file.relative_to(site).as_posix(): _encoded(file, encoding).stat().st_size for file in files
    }


def summary(site: Path) -> str:
    """Return the sums, such as "20.5 MB, 5.9 MB with Brotli, 7.9 MB with gzip"."""
    sums = {encoding: sum(transfer_sizes(site, encoding).values()) for encoding in ("", *ENCODINGS)}
    compressed = [f"{sums[each] / 1e6:.1f} MB with {name}" for each, name in ENCODINGS.items()]
    return ", ".join([f"{sums[''] / 1e6:.1f} MB", *compressed])


def _encoded(file: Path, encoding: str) -> Path:
    compressed = file.with_name(f"{file.name}.{encoding}")
    return compressed if encoding and compressed.is_file() else file
