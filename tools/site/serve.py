"""A static server for the site: media types, cache headers, encodings, ranges, as hosts have."""

from __future__ import annotations

import functools
import re
import threading
from contextlib import contextmanager
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tools.cache import WORKER
from tools.console import BuildError, say

if TYPE_CHECKING:
    from collections.abc import Generator

CODINGS = {"br": "br", "gzip": "gz"}
"""How a body may be encoded, the smallest first: its name in HTTP, and the ending of the file."""
HASHED = re.compile(r"/built/[a-z]+-[0-9a-f]{12}/")
POLICY = "frame-ancestors 'self'"
"""What a page can't ask for itself: that no page of another origin shows it in a frame."""
WORKER_POLICY = (
    "default-src 'none'; connect-src 'self'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
"""A page's own policy does not reach its service worker: it asks this origin alone."""


class Handler(SimpleHTTPRequestHandler):
    """Serves files, also from a byte on; those in a folder named by hash may be kept for ever."""

    extensions_map = {  # noqa: RUF012  # the base class's own form
        **SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".webmanifest": "application/manifest+json",
        ".wasm": "application/wasm",
        ".onnx": "application/octet-stream",
    }

    def send_head(self) -> Any:
        """Send the headers; give what the body is read from. A range is one that has no end."""
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        file = Path(self.translate_path(self.path))
        if not asked or not _is_file(file):
            return self._send_compressed(file) or super().send_head()
        start, size = int(asked[1]), file.stat().st_size
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
        """Send what the build has compressed, in the first way that the browser takes, if any."""
        if not _is_file(file):
            return None
        accepted = self.headers.get("Accept-Encoding", "").split(",")
        taken = {part.strip() for part in accepted}
        for coding, ending in CODINGS.items():
            compressed = file.with_name(f"{file.name}.{ending}")
            if coding in taken and _is_of(compressed, file):
                self.send_response(HTTPStatus.OK)
                self.send_header("Content-Type", self.guess_type(file))
                self.send_header("Content-Encoding", coding)
                self.send_header("Content-Length", str(compressed.stat().st_size))
                self.send_header("Last-Modified", self.date_time_string(file.stat().st_mtime))
                self.send_header("Vary", "Accept-Encoding")
                self.end_headers()
                return compressed.open("rb")
        return None

    def send_response(self, code: int, message: str | None = None) -> None:
        """Add the policy, and the cache header: what is not the file must never be kept."""
        super().send_response(code, message)
        kept = code == HTTPStatus.OK and HASHED.search(self.path)
        self.send_header(
            "Cache-Control", "public, max-age=31536000, immutable" if kept else "no-cache"
        )
        of_worker = urlsplit(self.path).path.endswith(f"/{WORKER}")
        self.send_header("Content-Security-Policy", WORKER_POLICY if of_worker else POLICY)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base class's name
        """Stay silent: the address is all there is to say."""


def _is_file(file: Path) -> bool:
    """Tell whether a file is there; a name may be too long for one, which Python 3.13 raises."""
    try:
        return file.is_file()
    except OSError:
        return False


def _is_of(compressed: Path, file: Path) -> bool:
    """Tell whether a file was compressed after it was last changed."""
    try:
        return compressed.stat().st_mtime >= file.stat().st_mtime
    except OSError:
        return False


@contextmanager
def serving(site: Path) -> Generator[str]:
    """Serve a site for as long as it is used; give its address. Raises OSError."""
    with server_of(site) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield f"http://localhost:{server.server_port}/"
        finally:
            server.shutdown()


def server_of(site: Path, port: int = 0) -> ThreadingHTTPServer:
    """Open a server of the site on this machine. port: 0 for a free one. Raises OSError."""
    return ThreadingHTTPServer(("127.0.0.1", port), functools.partial(Handler, directory=str(site)))


def serve(site: Path, port: int) -> None:
    """Serve the site until interrupted, after printing the address.

    Raises BuildError if the port is taken.
    """
    try:
        server = server_of(site, port)
    except OSError as error:
        raise BuildError(
            f"port {port} can't be used ({error.strerror}); choose another: serve --port N"
        ) from error
    with server:
        print(f"http://localhost:{server.server_port}/  (Ctrl+C stops)", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            say("Stopped. The page goes on working without.")
