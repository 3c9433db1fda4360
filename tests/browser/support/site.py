"""A server of a site's folder on a free port, with faults that a test can switch on."""

import functools
import json
import threading
from collections import Counter
from contextlib import suppress
from http.server import ThreadingHTTPServer
from urllib.parse import urlsplit

from tests.browser.support import watched
from tools.site.serve import Handler

HTML = b"<html>Log in to the hotel's network</html>"
REFUSED = "/refused"
"""Where browsers report what a service worker's policy has refused."""
TYPES = {"portal": "text/html", "other type": "application/json"}
UNENDING = {
    "unending 404": (404, "text/plain"),
    "unending portal": (200, "text/html"),
    "unending other type": (200, "application/json"),
    "unending range": (206, "application/octet-stream"),
}
"""Status and type of responses whose body never ends."""


class SiteServer:
    """Serves a folder.

    Attributes:
        faults: the end of a path, and what happens to requests for it: a fault (see
            `FaultyHandler.misbehave`), or a list of faults, one for each request; the last stays.
        gates: the end of a path, and the event that its answers wait for.
        requests: the paths requested, in order.
        sent: bytes of bodies, by path.
        headers: of the last request, by path.
        unstick: ends the answers that are "stuck".
        hung_up: set when the browser closes the connection of an "unending" answer.
    """

    def __init__(self, site):
        self.site = site
        self.faults = {}
        self.gates = {}
        self.requests = []
        self.sent = Counter()
        self.headers = {}
        self.unstick = threading.Event()
        self.hung_up = threading.Event()
        self.is_down = True
        self.port = 0
        self.start()

    @property
    def address(self):
        return f"http://localhost:{self.port}/"

    def start(self):
        handler = functools.partial(FaultyHandler, owner=self)
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), handler)
        self._server.daemon_threads = True
        self.is_down = False
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self):
        """Shut the server down: browsers can no longer connect."""
        for gate in (*self.gates.values(), self.unstick):
            gate.set()
        self.is_down = True
        self._server.shutdown()
        self._server.server_close()

    def serve(self, site):
        """Serve another folder, and forget faults and requests."""
        for gate in (*self.gates.values(), self.unstick):
            gate.set()
        self.unstick = threading.Event()
        self.hung_up = threading.Event()
        for known in (self.faults, self.gates, self.requests, self.sent, self.headers):
            known.clear()
        self.site = site

    def hold(self, ending):
        """Hold answers back for paths with this ending until the returned event is set."""
        self.gates[ending] = threading.Event()
        return self.gates[ending]

    def asked_for(self, ending):
        return [path for path in self.requests if path.endswith(ending)]


class FaultyHandler(Handler):
    protocol_version = "HTTP/1.0"

    def __init__(self, *arguments, owner, **keywords):
        self.owner = owner
        super().__init__(*arguments, **keywords)

    def do_GET(self):  # noqa: N802  # the base class's name
        if self.owner.is_down:  # the browser had opened this connection before
            self.misbehave("gone")
            return
        self.directory = str(self.owner.site)
        path = urlsplit(self.path).path
        self.owner.requests.append(path)
        self.owner.headers[path] = self.headers
        gate = next((g for ending, g in self.owner.gates.items() if path.endswith(ending)), None)
        if gate:
            gate.wait()
        fault = next((f for ending, f in self.owner.faults.items() if path.endswith(ending)), None)
        if isinstance(fault, list):
            fault = fault.pop(0) if len(fault) > 1 else fault[0]
        if fault:
            self.misbehave(fault)
        else:
            super().do_GET()

    def do_POST(self):  # noqa: N802  # the base class's name
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == REFUSED:
            report = json.loads(body)["csp-report"]
            watched.refused.append(f"{report['effective-directive']}: {report['blocked-uri']}")
        else:
            self.owner.requests.append(self.path)
        self.send_error(405)

    def send_header(self, name, value):
        report = f"; report-uri {REFUSED}" if name == "Content-Security-Policy" else ""
        super().send_header(name, value + report)

    def misbehave(self, fault):
        """Answer in a wrong way: fault names the way."""
        if fault == "missing":
            self.send_error(404)
            return
        if fault == "gone":
            self.close_connection = True
            self.connection.close()
            return
        if fault in UNENDING:
            self.send_unending(*UNENDING[fault])
            return
        file = self.owner.site / urlsplit(self.path).path.lstrip("/")
        content = file.read_bytes()
        body = {
            "cut": content[: len(content) // 2],
            "stuck": content[: len(content) * 6 // 10],
            "changed": bytes([content[0] ^ 1]) + content[1:],
            "longer": content + b"and more",
            "shorter": content[:-1],
            "portal": HTML,
            "untyped portal": HTML,
            "other type": b'{"error": "no such model"}',
        }[fault]
        self.send_response(200)
        self.send_header("Content-Type", TYPES.get(fault, "application/octet-stream"))
        self.send_header("Content-Length", str(len(content if fault in ("cut", "stuck") else body)))
        self.send_header("Last-Modified", self.date_time_string(file.stat().st_mtime))
        self.end_headers()
        self.wfile.write(body)
        self.count(len(body))
        if fault == "stuck":
            self.owner.unstick.wait()

    def send_unending(self, status, kind):
        """Send a part of a body, then wait until the browser hangs up."""
        hung_up = self.owner.hung_up
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", "1000000")
        self.send_header("Content-Range", "bytes 1-1000000/1000001")
        self.end_headers()
        self.wfile.write(b"x" * 1000)
        self.connection.settimeout(60)
        with suppress(ConnectionError):
            self.connection.recv(1)  # nothing comes: it ends when the browser hangs up
        hung_up.set()

    def copyfile(self, source, outputfile):
        body = source.read()
        outputfile.write(body)
        self.count(len(body))

    def count(self, length):
        self.owner.sent[urlsplit(self.path).path] += length

    def handle(self):
        try:
            super().handle()
        except (ConnectionError, ValueError):  # the browser left, or "gone" closed the socket
            return
