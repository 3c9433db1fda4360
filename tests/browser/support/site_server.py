"""A server of a folder on a free port, whose responses a test can delay or break."""

import functools
import json
import threading
from collections import Counter
from contextlib import suppress
from http.server import ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import urlsplit

from offline_onnx_page.serving.server import ISOLATION, Handler
from tests.browser.support import request_log

LOGIN_PAGE = b"<html>Log in to the hotel's network</html>"
VIOLATION_REPORTS = "/violations"
"""The path to which browsers send reports of violations of the policies in the server's headers."""
ERRORS = {"missing": 404, "unavailable": 503}
CONTENT_TYPES = {
    "portal": "text/html",
    "other type": "application/json",
    "plain text": "text/plain",
    "untyped portal": "application/octet-stream",
}
"""The content types of some faults. The other faults that send a file keep the type of the file."""
UNENDING_RESPONSES = {
    "unending 404": (404, "text/plain"),
    "unending portal": (200, "text/html"),
    "unending other type": (200, "application/json"),
    "unending range": (206, "application/octet-stream"),
    "unending 416": (416, "text/plain"),
}
"""Status and content type of the responses whose body never ends."""


class SiteServer:
    """A server of a folder. Paths in its attributes are those of URLs, such as "/style.css".

    Its port differs from those of all earlier servers in this process, because the browser may
    have stored data of their pages.

    Attributes:
        folder: the folder that is served.
        faults: the faulty responses, by the end of a path. A value is the name of a fault (see
            `FaultyHandler.send_fault`), or a list of names: each GET request takes the next name,
            and the last name is used for all further requests.
        gates: events by the end of a path. The response to a GET request for such a path waits for
            its event.
        requests: the paths of GET and POST requests, in order, without reports of violations.
        head_requests: the paths of HEAD requests, in order.
        bytes_sent: the number of bytes sent in response bodies, by path.
        request_headers: the headers of the latest request, by path.
        head_headers: the headers of the latest HEAD request, by path.
        allowed_origins: the value of the header Access-Control-Allow-Origin; "" for no such header.
            Cross-origin requests with custom headers are always refused, because the server does
            not answer the OPTIONS requests that announce them.
        is_isolated: whether the responses have the headers of ISOLATION.
        refuses_head: whether HEAD requests get the status 405.
        release_stuck: an event that ends the "stuck" and "late end" responses.
        is_down: whether the server is stopped.
        client_disconnected: an event that is set when the browser closes the connection of a
            response that never ends, or after a minute.
    """

    _used_ports: ClassVar[set[int]] = set()

    def __init__(self, folder):
        self.folder = folder
        self.faults = {}
        self.gates = {}
        self.requests = []
        self.head_requests = []
        self.bytes_sent = Counter()
        self.request_headers = {}
        self.head_headers = {}
        self.allowed_origins = ""
        self.is_isolated = True
        self.refuses_head = False
        self.release_stuck = threading.Event()
        self.client_disconnected = threading.Event()
        self.is_down = True
        self.port = 0
        self.start()

    @property
    def address(self):
        """The address of the folder, with the server's port."""
        return f"http://localhost:{self.port}/"

    def start(self):
        """Start to listen; a restarted server listens on the same port as before."""
        handler = functools.partial(FaultyHandler, owner=self)
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), handler)
        while not self.port and self._server.server_port in self._used_ports:
            self._server.server_close()
            self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.is_down = False
        self.port = self._server.server_port
        self._used_ports.add(self.port)
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self):
        """Shut the server down: browsers can no longer connect."""
        for gate in (*self.gates.values(), self.release_stuck):
            gate.set()
        self.is_down = True
        self._server.shutdown()
        self._server.server_close()

    def serve_folder(self, folder):
        """Serve another folder; remove faults, gates and recorded requests; allow HEAD requests."""
        for gate in (*self.gates.values(), self.release_stuck):
            gate.set()
        self.release_stuck = threading.Event()
        self.client_disconnected = threading.Event()
        for collection in (self.faults, self.gates, self.requests, self.head_requests):
            collection.clear()
        self.bytes_sent.clear()
        self.request_headers.clear()
        self.head_headers.clear()
        self.refuses_head = False
        self.folder = folder

    def hold_responses(self, ending):
        """Delay the responses to paths with this ending until the returned event is set."""
        self.gates[ending] = threading.Event()
        return self.gates[ending]

    def requests_for(self, ending):
        """Return the requested paths with this ending."""
        return [path for path in self.requests if path.endswith(ending)]


class FaultyHandler(Handler):
    """Sends the files of a folder as `build.py serve` does, with the faults of a `SiteServer`."""

    protocol_version = "HTTP/1.0"

    def __init__(self, *arguments, owner, **keywords):
        self.owner = owner
        self.isolation = ISOLATION if owner.is_isolated else {}
        super().__init__(*arguments, **keywords)

    def do_GET(self):  # noqa: N802  # the base class's name
        if self.owner.is_down:  # the browser has opened this connection before the server stopped
            self.send_fault("closed connection")
            return
        self.directory = str(self.owner.folder)
        path = urlsplit(self.path).path
        self.owner.requests.append(path)
        self.owner.request_headers[path] = self.headers
        gate = next((g for ending, g in self.owner.gates.items() if path.endswith(ending)), None)
        if gate:
            gate.wait()
        fault = next((f for ending, f in self.owner.faults.items() if path.endswith(ending)), None)
        if isinstance(fault, list):
            fault = fault.pop(0) if len(fault) > 1 else fault[0]
        if fault:
            self.send_fault(fault)
        else:
            super().do_GET()

    def do_HEAD(self):  # noqa: N802  # the base class's name
        self.directory = str(self.owner.folder)
        self.owner.head_requests.append(urlsplit(self.path).path)
        self.owner.head_headers[urlsplit(self.path).path] = self.headers
        if self.owner.refuses_head:
            self.send_error(405)
        else:
            super().do_HEAD()

    def do_POST(self):  # noqa: N802  # the base class's name
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == VIOLATION_REPORTS:
            report = json.loads(body)["csp-report"]
            request_log.csp_violations.append(
                f"{report['effective-directive']}: {report['blocked-uri']}"
            )
        else:
            self.owner.requests.append(self.path)
        self.send_error(405)

    def send_header(self, name, value):
        """Send a header; to a Content Security Policy, add that browsers report violations."""
        report = f"; report-uri {VIOLATION_REPORTS}" if name == "Content-Security-Policy" else ""
        super().send_header(name, value + report)

    def end_headers(self):
        if self.owner.allowed_origins:
            self.send_header("Access-Control-Allow-Origin", self.owner.allowed_origins)
        super().end_headers()

    def send_fault(self, fault):
        """Send a faulty response.

        Args:
            fault: the name of the fault.
                "missing": status 404.
                "unavailable": status 503.
                "plain text": the file with the content type text/plain.
                "closed connection": the connection is closed without a response.
                "cut": the response ends after half of the file.
                "stuck": the response pauses after 60% of the file until `release_stuck` is set,
                    and then ends.
                "late end": the whole file is sent without Content-Length; the response ends only
                    when `release_stuck` is set.
                "endless": more bytes follow the file, without Content-Length, and the response
                    never ends.
                "changed": one bit of the file is flipped.
                "longer", "shorter": the file has some bytes too many, or one byte too few.
                "portal": the login page of a network, as HTML.
                "untyped portal": the login page, with the content type of a binary file.
                "other type": a JSON document.
                A key of UNENDING_RESPONSES: a response whose body never ends.
        """
        if fault in ERRORS:
            self.send_error(ERRORS[fault])
            return
        if fault == "closed connection":
            self.close_connection = True
            self.connection.close()
            return
        if fault in UNENDING_RESPONSES:
            self.send_unending(*UNENDING_RESPONSES[fault])
            return
        file = self.owner.folder / urlsplit(self.path).path.lstrip("/")
        content = file.read_bytes()
        body = {
            "cut": content[: len(content) // 2],
            "stuck": content[: len(content) * 6 // 10],
            "changed": bytes([content[0] ^ 1]) + content[1:],
            "longer": content + b"and more",
            "endless": content + b"and more",
            "shorter": content[:-1],
            "portal": LOGIN_PAGE,
            "untyped portal": LOGIN_PAGE,
            "other type": b'{"error": "no such model"}',
            "plain text": content,
            "late end": content,
        }[fault]
        self.send_response(200)
        self.send_header("Content-Type", CONTENT_TYPES.get(fault) or self.guess_type(file))
        if fault not in ("late end", "endless"):
            length = len(content if fault in ("cut", "stuck") else body)
            self.send_header("Content-Length", str(length))
        self.send_header("Last-Modified", self.date_time_string(file.stat().st_mtime))
        self.end_headers()
        self.wfile.write(body)
        self.count_bytes(len(body))
        if fault in ("stuck", "late end"):
            self.owner.release_stuck.wait()
        if fault == "endless":
            self.wait_for_disconnection()

    def send_unending(self, status, content_type):
        """Send a part of a body, then wait until the browser closes the connection."""
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", "1000000")
        self.send_header("Content-Range", "bytes 1-1000000/1000001")
        self.end_headers()
        self.wfile.write(b"x" * 1000)
        self.wait_for_disconnection()

    def wait_for_disconnection(self):
        """Wait until the browser closes the connection, at most a minute."""
        disconnected = self.owner.client_disconnected
        self.connection.settimeout(60)  # seconds
        with suppress(ConnectionError, TimeoutError):
            self.connection.recv(1)  # returns when the browser closes the connection
        disconnected.set()

    def copyfile(self, source, outputfile):
        """Send a whole file and count its bytes."""
        body = source.read()
        outputfile.write(body)
        self.count_bytes(len(body))

    def count_bytes(self, length):
        """Add a number of bytes to `bytes_sent`."""
        self.owner.bytes_sent[urlsplit(self.path).path] += length

    def handle(self):
        try:
            super().handle()
        except (ConnectionError, ValueError):  # the browser, or `send_fault`, closed the socket
            return
