"""What a site weighs on the wire: every file that offline use needs, plain or compressed.

What comes only when it is asked for is not counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.site.parts import is_on_demand

if TYPE_CHECKING:
    from pathlib import Path

ENCODINGS = {"br": "Brotli", "gz": "gzip"}


def on_the_wire(site: Path, encoding: str) -> dict[str, int]:
    """Give the bytes of each file, by its path. encoding: "br", "gz", or "" for none.

    What is not there in that encoding is sent as it is.
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
        file.relative_to(site).as_posix(): _best(file, encoding).stat().st_size for file in files
    }


def told(site: Path) -> str:
    """Tell the sum, such as "20.5 MB, 5.9 MB with Brotli, 7.9 MB with gzip"."""
    sums = {encoding: sum(on_the_wire(site, encoding).values()) for encoding in ("", *ENCODINGS)}
    compressed = [f"{sums[each] / 1e6:.1f} MB with {name}" for each, name in ENCODINGS.items()]
    return ", ".join([f"{sums[''] / 1e6:.1f} MB", *compressed])


def _best(file: Path, encoding: str) -> Path:
    compressed = file.with_name(f"{file.name}.{encoding}")
    return compressed if encoding and compressed.is_file() else file
