"""A web server that sends the headers in the table of docs/hosting.md.

With a file, the only other headers are Content-Length, and Content-Type if the table has none.
"""

import re
import threading
from fnmatch import fnmatchcase
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from offline_onnx_page.serving.server import CONTENT_ENCODINGS
from tools.env.venv import ROOT

HOSTING_DOC = (ROOT / "docs" / "hosting.md").read_text("utf-8")
TABLE = [
    (line.split("|")[1], headers)
    for line in HOSTING_DOC.splitlines()
    if line.startswith("| ") and (headers := re.findall(r"`([\w-]+): ([^`]+)`", line))
]
"""The rows of the table: the cell that lists files, and the headers for those files."""
*FILE_ROWS, (_, ENCODING_HEADERS) = TABLE
COMMON_TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
"""Content types that every web server sends, so that docs/hosting.md doesn't list them."""


def headers_of(path):
    """Return the headers that the table lists for a file; an earlier row overrides a later row."""
    headers = {}
    for files, row_headers in FILE_ROWS:
        patterns = ["*"] if files.startswith(" all files") else re.findall(r"`([^`]+)`", files)
        if any(fnmatchcase(path, pattern) for pattern in patterns):
            headers = dict(row_headers) | headers
    return headers


def encoded(file, accepted):
    """Return the compressed or plain file to send, and the headers about its encoding.

    An encoding can be used if the browser accepts it and the compressed file is beside the
    uncompressed one. If there are several, the first one in the table is used.

    Args:
        file: the path of the uncompressed file.
        accepted: the encodings that the browser accepts.
    """
    *codings, vary = ENCODING_HEADERS
    for coding in codings:
        compressed = file.with_name(f"{file.name}.{CONTENT_ENCODINGS[coding[1]]}")
        if coding[1] in accepted and compressed.is_file():
            return compressed, dict([coding, vary])
    return file, {}


class DocumentedHandler(SimpleHTTPRequestHandler):
    """Sends a file of the server's site with the documented headers."""

    def send_head(self):
        site, sub_path = self.server.site, self.server.sub_path
        address = urlsplit(self.path).path
        self.server.requests.append(address)
        file = site / (address.removeprefix(sub_path) or "index.html")
        if not address.startswith(sub_path) or not file.is_file():
            self.send_error(404)
            return None
        accepted = re.split(", *", self.headers.get("Accept-Encoding", ""))
        path = file.relative_to(site).as_posix()
        body, encoding = encoded(file, accepted)
        content_type = COMMON_TYPES.get(file.suffix, "application/octet-stream")
        headers = {"Content-Type": content_type} | headers_of(path) | encoding
        self.server.headers_sent[path] = headers
        self.send_response_only(200)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(body.stat().st_size))
        self.end_headers()
        return body.open("rb")

    def log_message(self, *_):
        """Log nothing."""


class DocumentedHost(ThreadingHTTPServer):
    """Serves a site at a sub-path.

    Attributes:
        site: the folder of the site.
        sub_path: the path of the site's root, such as "/a/deep/path/".
        requests: the requested paths, in order.
        headers_sent: the headers of the latest response, by the file's path in the folder.
    """

    daemon_threads = True

    def __init__(self, site, sub_path):
        self.site, self.sub_path = site, sub_path
        self.requests, self.headers_sent = [], {}
        super().__init__(("127.0.0.1", 0), DocumentedHandler)
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def address(self):
        return f"http://localhost:{self.server_port}{self.sub_path}"

    def stop(self):
        """Shut the server down: browsers can no longer connect."""
        self.shutdown()
        self.server_close()
