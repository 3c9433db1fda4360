"""What a browser keeps for the page: its entries, and its bytes on the disk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.stress.soak.releases import HASHED

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SITES = ("IndexedDB", "Local Storage", "Session Storage", "Service Worker", "WebStorage")
"""The folders of a profile that hold what sites keep; the others are the browser's own."""


@dataclass(frozen=True)
class Kept:
    """All that is kept. entries: addresses or keys, by the place that they are kept in.

    content: the bytes of the files among them. usage: those that the page is told of. disk: those
    on the disk that the site takes, with the code that the browser has compiled of it. browser:
    those of the browser's own caches and notes, which it bounds by itself.
    """

    entries: dict[str, list[str]]
    content: int
    usage: int
    disk: int
    browser: int

    @property
    def counts(self) -> dict[str, int]:
        """How many entries each place has."""
        return {place: len(entries) for place, entries in self.entries.items()}

    def left_behind(self, folders: Iterable[str]) -> list[str]:
        """Give what is kept of versions of the site other than the one with these folders."""
        kept = [entry for entries in self.entries.values() for entry in entries]
        return [entry for entry in kept if set(HASHED.findall(entry)) - set(folders)]


def disk_of(profile: Path) -> tuple[int, int]:
    """Give the bytes on the disk, once the browser has ended: the sites', and the browser's own."""
    sites = sum(_size(profile / "Default" / name) for name in SITES)
    return sites, _size(profile) - sites


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
