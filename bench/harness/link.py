"""A server that counts the bytes it sends, over a simulated network link of a given speed."""

from __future__ import annotations

import functools
import threading
import time
from collections import Counter
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from offline_onnx_page.serving.server import Handler

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

_BLOCK_SIZE = 4096
"""Bytes that are sent at a time."""


@dataclass
class Link:
    """A simulated network link of limited speed, which all responses of a server share.

    Attributes:
        rate: Bytes a second; 0 means unlimited.
        delay: Seconds before each response to a GET request begins.
        sent: For each path, the bytes of response bodies sent so far.

    """

    rate: float = 0
    delay: float = 0
    sent: Counter[str] = field(default_factory=Counter)
    _free_at: float = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def pass_through(self, path: str, length: int) -> None:
        """Count `length` bytes, and wait until the link has transferred them."""
        with self._lock:
            self.sent[path] += length
            if not self.rate:
                return
            self._free_at = max(self._free_at, time.monotonic()) + length / self.rate
            transferred_at = self._free_at
        time.sleep(max(0.0, transferred_at - time.monotonic()))


@contextmanager
def serve_folder(folder: Path, link: Link) -> Iterator[str]:
    """Serve a folder at localhost over a link; yield the address without a trailing slash."""
    with serve_with_handler(
        functools.partial(_Handler, directory=str(folder), link=link)
    ) as address:
        yield address


@contextmanager
def serve_with_handler(handler: Callable[..., Handler]) -> Iterator[str]:
    """Start a server at localhost; yield its address without a trailing slash.

    Args:
        handler: Creates the handler of each connection.

    """
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    with server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield f"http://localhost:{server.server_port}"
        finally:
            server.shutdown()


class _Handler(Handler):
    """Serves files over a link."""

    # No COOP and COEP headers, as on most hosts: every page has one thread.
    isolation: Mapping[str, str] = {}

    def __init__(self, *arguments: Any, link: Link, **keywords: Any) -> None:
        self._link = link
        super().__init__(*arguments, **keywords)

    def handle(self) -> None:
        """Answer requests until the browser closes the connection.

        It may do so in the middle of a response.
        """
        with suppress(ConnectionError):
            super().handle()

    def do_GET(self) -> None:  # noqa: N802  # the base class's name
        """Answer after the link's delay."""
        time.sleep(self._link.delay)
        super().do_GET()

    def copyfile(self, source: Any, outputfile: Any) -> None:
        """Send a response body in blocks."""
        while block := source.read(_BLOCK_SIZE):
            self._link.pass_through(self.path, len(block))
            outputfile.write(block)
