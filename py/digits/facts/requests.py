"""The files of the page: what each is for, and where it came from when the page loaded.

The browser's Resource Timing reports for each request how many bytes came over the network, and
whether a service worker answered. A file without a request was read from the device.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

ROLES = {
    "index.html": "page",
    "style.css": "style",
    "icon.svg": "icon",
    "app.en.webmanifest": "app",
    "app.zh.webmanifest": "app",
    "boot.js": "boot",
    "site.js": "site",
    "service-worker.js": "worker",
    "python.js": "start",
    "download.js": "download",
    "snapshot.js": "snapshot",
    "memory.js": "memory",
    "rest.js": "rest",
    "pyodide.mjs": "pyodide",
    "pyodide.asm.mjs": "pyodide_js",
    "pyodide.asm.wasm": "interpreter",
    "pyodide.rest.wasm": "interpreter_rest",
    "pyodide.data": "interpreter_memory",
    "library.zip": "library",
    "ort.wasm.min.mjs": "runtime",
    "ort-wasm-simd-threaded.mjs": "runtime_js",
    "ort-wasm-simd-threaded.wasm": "runtime_code",
    "ort-wasm-simd-threaded.data": "runtime_memory",
    "isolated.js": "isolated",
    "model_worker.js": "model_worker",
    "digits.json": "manifest",
    "digits.onnx": "model",
}
"""What a file is for, by its name; completes the key `about_file_...` of text.json."""
PARTS = ("page", "python", "runtime", "model")
"""The parts of the page."""
_FOLDERS = {
    "python": "python",
    "pyodide": "python",
    "onnxruntime": "runtime",
    "release": "runtime",
    "model": "model",
}
_HASHED = re.compile(r"built/([a-z]+)-[0-9a-f]{12}/")


class Source(Enum):
    """Where a file came from. The values complete the key `about_from_...` of text.json."""

    NETWORK = "network"
    REVALIDATED = "revalidated"
    """The browser's cache, after the server confirmed that its copy is up to date."""
    CACHE = "cache"
    """The browser's cache, without asking the server."""
    WORKER = "worker"
    """The service worker; the browser does not report where that found it."""
    CACHE_STORAGE = "cache_storage"
    """The service worker's storage on this device."""
    INDEXEDDB = "indexeddb"
    """The database in which the model is stored."""
    REGISTRATION = "registration"
    """The browser itself, which stores the service worker's script."""


@dataclass(frozen=True)
class Request:
    """What the browser reports about a request.

    Attributes:
        address: Of the file, relative to the page.
        sent: Bytes that came over the network, including headers.
        encoded: Bytes of the body as it was sent.
        decoded: Bytes of the body after decompression.
        by_worker: Whether a service worker answered.
        delivery: "cache-storage" if that found it there; few browsers report it.

    """

    address: str
    sent: int
    encoded: int
    decoded: int
    by_worker: bool
    delivery: str

    @property
    def source(self) -> Source:
        """Where the file came from."""
        if self.sent > self.encoded:
            return Source.NETWORK
        if self.sent:
            return Source.REVALIDATED
        if self.delivery == "cache-storage":
            return Source.CACHE_STORAGE
        return Source.WORKER if self.by_worker else Source.CACHE


@dataclass(frozen=True)
class File:
    """A file of the page.

    Attributes:
        address: Relative to the page.
        size: In bytes, None if the browser does not report it.
        sent: Bytes that came over the network for it.
        source: Where it came from.

    """

    address: str
    size: int | None
    sent: int
    source: Source

    @property
    def name(self) -> str:
        """The last part of its address; the page's own address has none."""
        return self.address.split("/")[-1] or "index.html"

    @property
    def role(self) -> str:
        """What it is for, see ROLES; "" if unknown."""
        return ROLES.get(self.name, "")

    @property
    def part(self) -> str:
        """Which of the PARTS it belongs to, by its folder in `built/`; otherwise to the page."""
        folder = _HASHED.match(self.address)
        return _FOLDERS.get(folder[1], "page") if folder else "page"


def files_of(
    requests: Iterable[Request], sizes: Mapping[str, int], worker: str, *, stored: bool
) -> list[File]:
    """Return the files of the page, in the order in which it requested them.

    Args:
        requests: All requests since the page began to load.
        sizes: Bytes of the large files, by address; the page may read these without a request.
        worker: The address of the service worker that answers, "" if none does.
        stored: Whether the database contained the model.

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
    """Group files by the part of the page they belong to. Parts without files are left out."""
    parts: dict[str, list[File]] = {part: [] for part in PARTS}
    for file in files:
        parts[file.part].append(file)
    return {part: members for part, members in parts.items() if members}


def bytes_from_network(files: Iterable[File]) -> int:
    """Return how many bytes came over the network."""
    return sum(file.sent for file in files)


def bytes_from_device(files: Iterable[File]) -> int:
    """Return how many bytes were on the device already."""
    return sum(file.size or 0 for file in files if file.source is not Source.NETWORK)


def work_offline(files: Iterable[File]) -> bool:
    """Return whether a service worker stores the page for offline use."""
    return any(file.source is Source.REGISTRATION for file in files)


def _file(requests: Sequence[Request], size: int | None) -> File:
    """Combine all requests for one file. It came from where most of its bytes came from.

    Args:
        requests: At least one.
        size: Of the file in bytes, if known: a response may have been only a part of it.

    """
    main = max(requests, key=lambda request: request.sent)
    sent = sum(request.sent for request in requests)
    return File(main.address, size or main.decoded, sent, main.source)
