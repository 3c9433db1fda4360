"""The files of the page: the purpose of each file, and its source in this page load.

The browser's Resource Timing API reports for each request how many bytes were transferred over the
network, and whether a service worker sent the response. A file that the page used without a request
was read from a store on the device.
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
    "early.js": "early",
    "boot.js": "boot",
    "site.js": "site",
    "service-worker.js": "worker",
    "first_visit_worker.js": "first_visit_worker",
    "vendors.js": "vendors",
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
"""The role of each file, by the file's name. text.json describes it as `about_file_<role>`."""
PARTS = ("page", "python", "runtime", "model")
"""The parts of the page, in the order in which they are listed."""
_PART_OF_FOLDER = {
    "python": "python",
    "vendors": "python",
    "pyodide": "python",
    "onnxruntime": "runtime",
    "release": "runtime",
    "model": "model",
}
VALIDATED_SIZE = 300
"""The transfer size of every response that comes from the browser's cache after the server has
confirmed it, as https://www.w3.org/TR/resource-timing/#dom-performanceresourcetiming-transfersize
defines it. A response over the network has 300 bytes more than its body, so never this size."""
_HASHED_FOLDER = re.compile(r"built/([a-z]+)-[0-9a-f]{12}/")


class Source(Enum):
    """The source of a file. The key `about_from_<value>` of text.json describes it."""

    NETWORK = "network"
    REVALIDATED = "revalidated"
    """The browser's cache, after the server confirmed that the cached copy is up to date."""
    CACHE = "cache"
    """The browser's cache, without a request to the server."""
    WORKER = "worker"
    """The service worker. The browser does not report whether it used the network or its cache."""
    CACHE_STORAGE = "cache_storage"
    """The service worker's storage on this device."""
    INDEXEDDB = "indexeddb"
    """The database in which the model is stored."""
    REGISTRATION = "registration"
    """The registration of the service worker: the browser stores the worker's script itself."""


@dataclass(frozen=True)
class Request:
    """A request, as the browser's Resource Timing API reports it.

    Attributes:
        address: The address of the file, relative to the page.
        transfer_size: How many bytes were transferred over the network, including headers.
        encoded_size: The length of the body in bytes before decompression.
        decoded_size: The length of the body in bytes after decompression.
        by_worker: Whether a service worker sent the response.
        delivery: "cache-storage" if the service worker sent the response from its cache. Few
            browsers report this; in the others it has another value.

    """

    address: str
    transfer_size: int
    encoded_size: int
    decoded_size: int
    by_worker: bool
    delivery: str

    @property
    def source(self) -> Source:
        """The source of the file."""
        if self.transfer_size > self.encoded_size and self.transfer_size != VALIDATED_SIZE:
            return Source.NETWORK
        if self.transfer_size:  # the headers of a response without a body: 304 Not Modified
            return Source.REVALIDATED
        if self.delivery == "cache-storage":
            return Source.CACHE_STORAGE
        return Source.WORKER if self.by_worker else Source.CACHE


@dataclass(frozen=True)
class File:
    """A file of the page.

    Attributes:
        address: The address relative to the page.
        size: The size in bytes, None if the browser does not report it.
        transfer_size: How many bytes were transferred over the network for this file.
        source: The source of the file.

    """

    address: str
    size: int | None
    transfer_size: int
    source: Source

    @property
    def name(self) -> str:
        """The name of the file: the last part of its address, or "index.html" for the page."""
        return self.address.split("/")[-1] or "index.html"

    @property
    def role(self) -> str:
        """The role of the file, see ROLES; "" if the file is unknown."""
        return ROLES.get(self.name, "")

    @property
    def part(self) -> str:
        """The part of the page that the file's folder in `built/` belongs to, see PARTS.

        A file outside these folders belongs to the part "page".
        """
        folder = _HASHED_FOLDER.match(self.address)
        return _PART_OF_FOLDER.get(folder[1], "page") if folder else "page"


def files_of(
    requests: Iterable[Request], sizes: Mapping[str, int], worker: str, *, stored: bool
) -> list[File]:
    """Return the files of the page: first those that it requested, in the order of the requests.

    Args:
        requests: All requests since the page began to load.
        sizes: The sizes of the large files in bytes, by address. The page may read these files
            without a request.
        worker: The address of the page's service worker, "" if the page has none.
        stored: Whether the model was loaded from the database.

    """
    with_body: dict[str, list[Request]] = {}
    for request in requests:
        if request.decoded_size:
            with_body.setdefault(request.address, []).append(request)
    files = {address: _file(each, sizes.get(address)) for address, each in with_body.items()}
    for address in [each for each in sizes if each not in files]:
        is_stored = stored and address.endswith(".onnx")
        if is_stored or worker:
            source = Source.INDEXEDDB if is_stored else Source.CACHE_STORAGE
            files[address] = File(address, sizes[address], 0, source)
    if worker:
        files[worker] = File(worker, None, 0, Source.REGISTRATION)
    return list(files.values())


def by_part(files: Iterable[File]) -> dict[str, list[File]]:
    """Group files by the part of the page that they belong to. Omit parts without files."""
    parts: dict[str, list[File]] = {part: [] for part in PARTS}
    for file in files:
        parts[file.part].append(file)
    return {part: members for part, members in parts.items() if members}


def bytes_from_network(files: Iterable[File]) -> int:
    """Return how many bytes were transferred over the network."""
    return sum(file.transfer_size for file in files)


def bytes_from_device(files: Iterable[File]) -> int:
    """Return the length of all files that are not known to have come over the network, in bytes."""
    return sum(file.size or 0 for file in files if file.source is not Source.NETWORK)


def works_offline(files: Iterable[File]) -> bool:
    """Return whether a service worker stores the page for offline use."""
    return any(file.source is Source.REGISTRATION for file in files)


def _file(requests: Sequence[Request], size: int | None) -> File:
    """Combine all requests for a file. Its source is that of the request with the largest transfer.

    Args:
        requests: One request or more.
        size: The size of the file in bytes, None if unknown. It is needed because a response may
            contain only a part of the file.

    """
    main = max(requests, key=lambda request: request.transfer_size)
    transfer_size = sum(request.transfer_size for request in requests)
    return File(main.address, size or main.decoded_size, transfer_size, main.source)
