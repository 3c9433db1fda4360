"""A host that sends the headers in the table of docs/hosting.md, and no others."""

import re
import threading
from fnmatch import fnmatchcase
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from tools.env.venv import ROOT
from tools.site.serve import CONTENT_ENCODINGS

NOTES = (ROOT / "docs" / "hosting.md").read_text("utf-8")
TABLE = [
    (line.split("|")[1], headers)
    for line in NOTES.splitlines()
    if line.startswith("| ") and (headers := re.findall(r"`([\w-]+): ([^`]+)`", line))
]
*FILES, (_, ENCODING) = TABLE
KNOWN = {
    ".html": "text/html",
    ".css": "text/css",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
"""Content types that every host knows: docs/hosting.md need not name them."""


def headers_of(path):
    """Return the headers that the table names for a file; an earlier row overrides a later one."""
    headers = {}
    for files, named in FILES:
        patterns = ["*"] if files.strip() == "all others" else re.findall(r"`([^`]+)`", files)
        if any(fnmatchcase(path, pattern) for pattern in patterns):
            headers = dict(named) | headers
    return headers


def encoded(file, accepted):
    """Return the file in the first encoding that is accepted and present, and its headers."""
    *codings, vary = ENCODING
    for coding in codings:
        beside = file.with_name(f"{file.name}.{CONTENT_ENCODINGS[coding[1]]}")
        if coding[1] in accepted and beside.is_file():
            return beside, dict([coding, vary])
    return file, {}


class NotedHandler(SimpleHTTPRequestHandler):
    def send_head(self):
        site, below, address = self.server.site, self.server.below, urlsplit(self.path).path
        self.server.requests.append(address)
        file = site / (address.removeprefix(below) or "index.html")
        if not address.startswith(below) or not file.is_file():
            self.send_error(404)
            return None
        accepted = re.split(", *", self.headers.get("Accept-Encoding", ""))
        path = file.relative_to(site).as_posix()
        body, encoding = encoded(file, accepted)
        kind = KNOWN.get(file.suffix, "application/octet-stream")
        headers = {"Content-Type": kind} | headers_of(path) | encoding
        self.server.answers[path] = headers
        self.send_response_only(200)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(body.stat().st_size))
        self.end_headers()
        return body.open("rb")

    def log_message(self, *_):
        """Log nothing."""


class NotedHost(ThreadingHTTPServer):
    """Serves a site below a path. requests: paths requested. answers: headers sent, by file."""

    daemon_threads = True

    def __init__(self, site, below):
        self.site, self.below, self.requests, self.answers = site, below, [], {}
        super().__init__(("127.0.0.1", 0), NotedHandler)
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def address(self):
        return f"http://localhost:{self.server_port}{self.below}"

    def stop(self):
        """Shut the server down: browsers can no longer connect."""
        self.shutdown()
        self.server_close()
