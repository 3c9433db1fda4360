"""A server that misbehaves as it is told: the page's files, and models under /models/NAME/."""

from __future__ import annotations

import functools
import re
import socket
import struct
import threading
from contextlib import suppress
from http.server import ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.stress.faults.answer import FILE, HTML, MANIFEST, PAGE, Answer
from tests.stress.faults.site import CACHING
from tests.stress.faults.versions import versions
from tools.site.serve import Handler

if TYPE_CHECKING:
    from pathlib import Path

    from tests.stress.faults.site import Gate, Site

PIECES = 20
PATIENCE = 60.0
BYTES = "application/octet-stream"
DATE = "Mon, 0{} Jan 2024 00:00:00 GMT"


class FaultServer:
    """Serves a folder at localhost, and sites beside it; 127.0.0.1 is its other origin."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.sites: dict[str, Site] = {}
        self.open: set[socket.socket] = set()
        self.port = 0
        self.start()

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.port}"

    def start(self) -> None:
        handler = functools.partial(FaultHandler, directory=str(self._folder), owner=self)
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), handler)
        self._server.daemon_threads = True
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self.stop()

    def stop(self) -> None:
        """Refuse new connections and cut those that are open."""
        self._server.shutdown()
        self._server.server_close()
        for connection in list(self.open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class FaultHandler(Handler):
    """Answers honestly, then lets the site's faults spoil the answer."""

    protocol_version = "HTTP/1.1"

    def __init__(self, *arguments: Any, owner: FaultServer, **keywords: Any) -> None:
        self.owner = owner
        super().__init__(*arguments, **keywords)

    def handle(self) -> None:
        self.owner.open.add(self.connection)
        try:
            super().handle()
        except (OSError, ValueError):  # the browser went away, or was sent away
            return
        finally:
            self.owner.open.discard(self.connection)

    def do_GET(self) -> None:  # noqa: N802  # the base class's name
        path = urlsplit(self.path).path
        if path == "/portal":
            self._send(Answer(b"", headers=dict(HTML), body=PAGE), None)
        elif found := re.fullmatch(r"(/models/([^/]+)/)(\w+/)?(model\.\w+)", path):
            folder, site, inner, name = found.groups()
            elsewhere = f"http://127.0.0.1:{self.owner.port}{folder}"
            self._model(self.owner.sites.get(site), inner or "", name, elsewhere)
        else:
            super().do_GET()

    def _model(self, site: Site | None, inner: str, name: str, elsewhere: str) -> None:
        """Answer for a model's file or manifest. inner: a folder that redirects lead to."""
        if site is None:
            self.send_error(404)
            return
        target = MANIFEST if name.endswith(".json") else FILE
        answer = self._honest(site, target)
        answer.name, answer.elsewhere = name, elsewhere
        fault = next((f for f in site.faults if f.fits(target, answer.asked)), None)
        if inner == "open/":
            answer.headers["Access-Control-Allow-Origin"] = "*"
        if fault and not inner:
            fault.happened += 1
            fault.spoil(answer, fault.dice)
            if answer.body == answer.other.manifest.encode():
                site.published.add(answer.other.number)
        elif self._has(answer):
            answer.status, answer.body = 304, b""
        self._send(answer, site, site.gate if target == FILE else None)

    def _honest(self, site: Site, target: str) -> Answer:
        number = site.manifest if target == MANIFEST else site.file
        version = versions()[number]
        content = version.manifest.encode() if target == MANIFEST else version.content
        etag, date = f'"{number}-{target}"', DATE.format(number)
        caching = site.caching if target == FILE else "etag"
        found = re.match(r"bytes=(\d+)-", self.headers.get("Range", ""))
        asked = int(found[1]) if found else None
        answer = Answer(content, asked, other=versions()[number % 3 + 1])
        answer.headers = {
            "Content-Type": "application/json" if target == MANIFEST else BYTES,
            "Accept-Ranges": "bytes",
            **CACHING[caching],
            **({"Last-Modified": date} if caching == "date" else {"ETag": etag}),
        }
        if asked is None or self.headers.get("If-Range") not in (None, etag, date):
            answer.replace(content)
        elif asked < len(content):
            answer.part(asked)
        else:
            answer.of(416, b"", {"Content-Range": f"bytes */{len(content)}"})
        return answer

    def _has(self, answer: Answer) -> bool:
        """Tell whether the browser has just this already."""
        pairs = (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified"))
        return any(
            self.headers.get(asked) == answer.headers.get(given) is not None
            for asked, given in pairs
        )

    def _send(self, answer: Answer, site: Site | None, gate: Gate | None = None) -> None:
        self.close_connection = True
        if answer.wait is None and site:
            site.over.wait(PATIENCE)
            return
        if answer.wait and site:
            site.over.wait(answer.wait)
        if not answer.http:
            self.wfile.write(b"\x00\x01\x02 what?\r\n\r\n")
            return
        lines = [f"HTTP/1.1 {answer.status} As told", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in answer.headers.items()]
        self.wfile.write("\r\n".join([*lines, "", ""]).encode())
        self._body(answer, site, gate)

    def _body(self, answer: Answer, site: Site | None, gate: Gate | None) -> None:
        body = answer.body if answer.stop is None else answer.body[: answer.stop]
        hold = int(gate.at * len(body)) if gate and not gate.reached.is_set() else 0
        step = -(-len(body) // PIECES) or 1 if answer.drip else len(body) or 1
        if gate and hold:
            self.wfile.write(body[:hold])
            gate.reached.set()
            gate.go.wait(PATIENCE)
        for place in range(hold, len(body), step):
            self.wfile.write(body[place : place + step])
            if answer.drip and site:
                site.over.wait(answer.drip)
        if answer.stop is not None and answer.end == "hang" and site:
            site.over.wait(PATIENCE)
        elif answer.stop is not None and answer.end == "reset":
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
