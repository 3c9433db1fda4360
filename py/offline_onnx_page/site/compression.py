"""Write compressed copies of files, for servers to send."""

from __future__ import annotations

import gzip
from importlib.util import find_spec
from typing import TYPE_CHECKING

from offline_onnx_page.site.sources import COMPRESSED_SUFFIXES, MODEL_SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

NOT_COMPRESSED = {*MODEL_SUFFIXES, *COMPRESSED_SUFFIXES, ".whl"}
"""The suffixes of files that get no compressed copies: an interrupted download of a model resumes
in the middle of the file, and wheels are compressed already."""
_LARGE = 1 << 20
_QUALITY, _QUALITY_OF_LARGE = 11, 9
"""The quality of Brotli, and that for files of more than _LARGE bytes: 11 takes a second
per MB."""


def compress(files: Sequence[Path]) -> None:
    """Write FILE.gz, and FILE.br if the package `brotli` is installed, beside each FILE.

    Skip files that get no copies, and those that already have a prebuilt FILE.gz.
    """
    for file in compressible(files):
        if file.with_name(f"{file.name}.gz").exists():  # prebuilt
            continue
        content = file.read_bytes()
        gzipped = gzip.compress(content, compresslevel=9, mtime=0)
        file.with_name(f"{file.name}.gz").write_bytes(gzipped)
        if find_spec("brotli"):
            import brotli

            quality = _QUALITY if len(content) <= _LARGE else _QUALITY_OF_LARGE
            file.with_name(f"{file.name}.br").write_bytes(brotli.compress(content, quality=quality))


def compressible(files: Iterable[Path]) -> list[Path]:
    """Return the files that get compressed copies."""
    return [file for file in files if file.is_file() and file.suffix not in NOT_COMPRESSED]
