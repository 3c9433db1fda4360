"""The files that a page is made of, and where each came from in this visit.

The browser's Resource Timing tells of each request how many bytes came over the network for it, and
whether a service worker answered. A file without a request was read from the device.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from digits.facts.roles import PARTS, ROLES, part_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


class Source(Enum):
    """Where a file came from."""

    NETWORK = "network"
    UNCHANGED = "unchanged"
    """The browser's cache; the server was asked, and said that it is the newest."""
    CACHE = "cache"
    """The browser's cache, without a word to the server."""
    WORKER = "worker"
    """The service worker; the browser does not tell where that had it from."""
    CACHE_STORAGE = "cache_storage"
    """What the service worker keeps on this device."""
    INDEXEDDB = "indexeddb"
    """The database that the model is kept in."""
    REGISTRATION = "registration"
    """The browser: it keeps the service worker's script itself."""


@dataclass(frozen=True)
class Request:
    """What the browser tells of a request.

    address: of the file, relative to the page. sent: bytes that came over the network, headers too.
    encoded, decoded: bytes of the body as it was sent, and as it is. by_worker: whether a service
    worker answered. delivery: "cache-storage" if that had it from there; few browsers tell.
    """

    address: str
    sent: int
    encoded: int
    decoded: int
    by_worker: bool
    delivery: str

    @property
    def source(self) -> Source:
        """Tell where the file came from."""
        if self.sent > self.encoded:
            return Source.NETWORK
        if self.sent:
            return Source.UNCHANGED
        if self.delivery == "cache-storage":
            return Source.CACHE_STORAGE
        return Source.WORKER if self.by_worker else Source.CACHE


@dataclass(frozen=True)
class File:
    """A file of the page. address: relative to it. size: bytes, None if the browser does not tell.

    sent: bytes that came over the network for it.
    """

    address: str
    size: int | None
    sent: int
    source: Source

    @property
    def name(self) -> str:
        """Its own name; the page itself has none in its address."""
        return self.address.split("/")[-1] or "index.html"

    @property
    def role(self) -> str:
        """What it is for, see ROLES; "" if that is not known."""
        return ROLES.get(self.name, "")

    @property
    def part(self) -> str:
        """Which of the PARTS it belongs to."""
        return part_of(self.address)


def of_visit(
    requests: Iterable[Request], sizes: Mapping[str, int], worker: str, *, stored: bool
) -> list[File]:
    """Give the files of a page, in the order in which it asked for them.

    sizes: bytes of the large ones, which it may have read without a request. worker: the address
    of the service worker that answers, "" if none does. stored: whether the database had the model.
    """
    answered: dict[str, list[Request]] = {}
    for request in requests:
        if request.decoded:
            answered.setdefault(request.address, []).append(request)
    files = {address: _file(each, sizes.get(address)) for address, each in answered.items()}
    for address in [each for each in sizes if each not in files]:
        is_stored = stored and address.endswith(".onnx")
        if is_stored or worker:
            source = Source.INDEXEDDB if is_stored else Source.CACHE_STORAGE
            files[address] = File(address, sizes[address], 0, source)
    if worker:
        files[worker] = File(worker, None, 0, Source.REGISTRATION)
    return list(files.values())


def by_part(files: Iterable[File]) -> dict[str, list[File]]:
    """Sort files into the parts of the page that there are."""
    parts: dict[str, list[File]] = {part: [] for part in PARTS}
    for file in files:
        parts[file.part].append(file)
    return {part: members for part, members in parts.items() if members}


def sent(files: Iterable[File]) -> int:
    """Count the bytes that came over the network."""
    return sum(file.sent for file in files)


def local(files: Iterable[File]) -> int:
    """Count the bytes that were on the device already."""
    return sum(file.size or 0 for file in files if file.source is not Source.NETWORK)


def are_kept(files: Iterable[File]) -> bool:
    """Tell whether a service worker keeps the page for use without a network."""
    return any(file.source is Source.REGISTRATION for file in files)


def _file(requests: Sequence[Request], size: int | None) -> File:
    """Make one file of all requests for it: it came from where most came from.

    size: its bytes, if they are known; an answer may have been a part of it.
    """
    main = max(requests, key=lambda request: request.sent)
    sent = sum(request.sent for request in requests)
    return File(main.address, size or main.decoded, sent, main.source)
