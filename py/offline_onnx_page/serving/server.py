"""Serve a site as a good host does: media types, cache headers, compressed files, byte ranges."""

from __future__ import annotations

import functools
import re
import signal
import threading
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from offline_onnx_page.errors import SiteError
from offline_onnx_page.site.sources import SERVICE_WORKER

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

CONTENT_ENCODINGS = {"br": "br", "gzip": "gz"}
"""Content encodings, best compression first: the name in HTTP, and the suffix of the file."""
PERMANENT_URL = re.compile(r"/built/[a-z]+-[0-9a-f]{12}/")
"""Matches URLs whose content never changes, because they are in a folder with a digest in its name:
see `service_worker.PERMANENT_FOLDER`."""
PAGE_POLICY = "frame-ancestors 'self'"
"""The Content Security Policy of all files except the service worker. It forbids pages of other
origins to show the page in a frame, which a <meta> element can't do."""
SERVICE_WORKER_POLICY = (
    "default-src 'none'; connect-src 'self'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
"""The Content Security Policy of the service worker, to which the page's does not apply. It allows
only requests to the same origin."""


ISOLATION = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}
"""The headers that make a page cross-origin isolated, without which browsers allow no threads."""


class Handler(SimpleHTTPRequestHandler):
    """Serve files, or ranges of their bytes; let browsers cache what PERMANENT_URL matches."""

    extensions_map = {  # noqa: RUF012  # the base class's own form
        **SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".webmanifest": "application/manifest+json",
        ".wasm": "application/wasm",
        ".onnx": "application/octet-stream",
    }

    isolation: Mapping[str, str] = ISOLATION
    """Headers of every response that make pages cross-origin isolated."""

    def send_head(self) -> Any:
        """Send the headers; return the body as a file, or None after an error.

        The only supported range is "bytes=N-".
        """
        wanted = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        file = Path(self.translate_path(self.path))
        if not wanted or not _is_file(file):
            return self._send_compressed(file) or super().send_head()
        start, size = int(wanted[1]), file.stat().st_size
        modified = self.date_time_string(file.stat().st_mtime)
        if self.headers.get("If-Range", modified) != modified:
            return super().send_head()
        if start >= size:
            self.send_error(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
            return None
        self.send_response(HTTPStatus.PARTIAL_CONTENT)
        self.send_header("Content-Type", self.guess_type(file))
        self.send_header("Content-Range", f"bytes {start}-{size - 1}/{size}")
        self.send_header("Content-Length", str(size - start))
        self.send_header("Last-Modified", modified)
        self.end_headers()
        body = file.open("rb")
        body.seek(start)
        return body

    def _send_compressed(self, file: Path) -> Any:
        """Send the headers of the best compressed file that the browser accepts, and return it.

        Returns:
            None if no such file exists; then nothing was sent.
        """
        if not _is_file(file):
            return None
        header = self.headers.get("Accept-Encoding", "")
        accepted = {part.strip() for part in header.split(",")}
        for coding, ending in CONTENT_ENCODINGS.items():
            compressed = file.with_name(f"{file.name}.{ending}")
            if coding in accepted and _is_current(compressed, file):
                self.send_response(HTTPStatus.OK)
                self.send_header("Content-Type", self.guess_type(file))
                self.send_header("Content-Encoding", coding)
                self.send_header("Content-Length", str(compressed.stat().st_size))
                self.send_header("Last-Modified", self.date_time_string(file.stat().st_mtime))
                self.send_header("Vary", "Accept-Encoding")
                self.end_headers()
                return compressed.open("rb")
        return None

    @property
    def requested_path(self) -> str:
        """The path of the request; "" if the request is malformed, for example encrypted."""
        return getattr(self, "path", "")

    def send_response(self, code: int, message: str | None = None) -> None:
        """Send the status line, the cache header, the security policy and the isolation headers.

        Errors and partial content must not be cached for ever, so they get "no-cache".
        """
        super().send_response(code, message)
        is_permanent = code in (HTTPStatus.OK, HTTPStatus.NOT_MODIFIED) and PERMANENT_URL.search(
            self.requested_path
        )
        self.send_header(
            "Cache-Control", "public, max-age=31536000, immutable" if is_permanent else "no-cache"
        )
        is_worker = urlsplit(self.requested_path).path.endswith(f"/{SERVICE_WORKER}")
        self.send_header(
            "Content-Security-Policy", SERVICE_WORKER_POLICY if is_worker else PAGE_POLICY
        )
        for name, value in self.isolation.items():
            self.send_header(name, value)

    def handle(self) -> None:
        """Answer requests until the browser closes the connection, which it may do at any time."""
        with suppress(ConnectionError):
            super().handle()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base class's name
        """Log nothing."""


def _is_file(file: Path) -> bool:
    """Return whether a file exists; False if its name is too long.

    Before 3.14, Python raises OSError for such a name.
    """
    try:
        return file.is_file()
    except OSError:
        return False


def _is_current(compressed: Path, file: Path) -> bool:
    """Return whether a file was compressed after its last change."""
    try:
        return compressed.stat().st_mtime >= file.stat().st_mtime
    except OSError:
        return False


@contextmanager
def serve_in_background(site: Path) -> Generator[str]:
    """Serve a site in a thread of its own, on a free port; yield its address.

    Raises:
        SiteError: No port can be opened.

    """
    with open_server(site) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield f"http://localhost:{server.server_port}/"
        finally:
            server.shutdown()


def open_server(
    site: Path, port: int = 0, handler: type[Handler] | None = None
) -> ThreadingHTTPServer:
    """Return a server of the site that only this machine can reach.

    Args:
        site: the folder to serve.
        port: the port; 0 for a free one.
        handler: answers the requests; None for `Handler`.

    Raises:
        SiteError: The port can't be opened.

    """
    answer = functools.partial(handler or Handler, directory=str(site))
    try:
        return ThreadingHTTPServer(("127.0.0.1", port), answer)
    except OSError as error:
        if not port:  # the caller may have no option --port, so the message names none
            raise SiteError(f"no port is free ({error.strerror}): close other programs.") from error
        raise SiteError(
            f"port {port} can't be used ({error.strerror}); choose another: serve --port N"
        ) from error


def print_address(address: str) -> None:
    """Print the address of a server on standard output."""
    print(f"{address}  (Ctrl+C stops)", flush=True)


def serve(server: ThreadingHTTPServer, announce: Callable[[str], None] = print_address) -> None:
    """Serve until the user interrupts the process (Ctrl+C), or another process ends it.

    Args:
        server: the server.
        announce: called with the address of the server when it can be visited.

    """
    with server, suppress(KeyboardInterrupt):
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, signal.default_int_handler)
        announce(f"http://localhost:{server.server_port}/")
        server.serve_forever()
