"""A server with faults: the page's files, and models under /models/NAME/."""

from __future__ import annotations

import functools
import re
import socket
import struct
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.stress.faults import wrong_bytes, wrong_content
from tests.stress.faults.answer import FILE, HTML, MANIFEST, PAGE, RANGES, Answer
from tests.stress.faults.versions import versions
from tools.site.serve import Handler

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

    from tests.stress.faults.answer import Spoil

ANSWERS = {**wrong_bytes.KINDS, **wrong_content.KINDS}
TARGETS = {**wrong_bytes.KINDS.targets, **wrong_content.KINDS.targets}
"""What each of ANSWERS applies to."""
CACHING = {
    "etag": {"Cache-Control": "no-cache"},
    "date": {"Cache-Control": "no-cache"},
    "hour": {"Cache-Control": "max-age=3600"},
}
"""Headers of the file, by its validator or by how long it may be cached."""
_BLOCKS = 20
"""Blocks of a body that drips."""
_LONGEST = 60.0
"""Seconds for which a request is held, at most."""
_BYTES = "application/octet-stream"
_DATE = "Mon, 0{} Jan 2024 00:00:00 GMT"


@dataclass
class Fault:
    """One way to misbehave.

    Attributes:
        target: What it applies to, FILE or MANIFEST.
        times: How often; None for always.
        ranges: Whether it applies only to requests for a part.
        happened: How often it has happened.
    """

    target: str
    spoil: Spoil
    dice: Random
    times: int | None = None
    ranges: bool = False
    happened: int = 0

    @classmethod
    def of(cls, kind: str, target: str, times: int | None, dice: Random) -> Fault:
        """Return a fault of a kind in ANSWERS."""
        return cls(target, ANSWERS[kind], dice, times, ranges=RANGES in TARGETS[kind])

    def applies(self, target: str, asked: int | None) -> bool:
        """Whether it is to spoil the answer to this request."""
        left = self.times is None or self.happened < self.times
        return left and target == self.target and (asked is not None or not self.ranges)


@dataclass
class Gate:
    """Holds a file's body back at a part of its length, from 0 to 1, until `go` is set."""

    at: float
    reached: threading.Event = field(default_factory=threading.Event)
    go: threading.Event = field(default_factory=threading.Event)


@dataclass
class Site:
    """A model's place on the server.

    Attributes:
        caching: The file's headers, a key of CACHING.
        manifest: The version of the manifest that is served now.
        file: The version of the file that is served now.
        gate: Holds the next download of the file back.
        published: All versions whose manifests have been served.
        over: Set when no request has to be held any more.
    """

    caching: str
    manifest: int = 0
    file: int = 0
    faults: list[Fault] = field(default_factory=list)
    gate: Gate | None = None
    published: set[int] = field(default_factory=set)
    over: threading.Event = field(default_factory=threading.Event)

    def publish(self, number: int) -> None:
        """Serve a version's manifest and file from now on."""
        self.manifest = self.file = number
        self.published.add(number)


class FaultServer:
    """Serves a folder at localhost, and models beside it; 127.0.0.1 is another origin."""

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
    """Prepares the correct answer, then lets the site's faults spoil it."""

    protocol_version = "HTTP/1.1"

    def __init__(self, *arguments: Any, owner: FaultServer, **keywords: Any) -> None:
        self.owner = owner
        super().__init__(*arguments, **keywords)

    def handle(self) -> None:
        self.owner.open.add(self.connection)
        try:
            super().handle()
        except (OSError, ValueError):  # the browser closed the connection, or the server did
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
        """Answer a request for a model's file or manifest.

        Args:
            site: The model's place, None if there is none.
            inner: A folder that redirects lead to, "" if there is none.
            name: The file's name.
            elsewhere: The address of its folder on another origin.
        """
        if site is None:
            self.send_error(404)
            return
        target = MANIFEST if name.endswith(".json") else FILE
        answer = self._correct_answer(site, target)
        answer.name, answer.elsewhere = name, elsewhere
        fault = next((f for f in site.faults if f.applies(target, answer.asked)), None)
        if inner == "open/":
            answer.headers["Access-Control-Allow-Origin"] = "*"
        if fault and not inner:
            fault.happened += 1
            fault.spoil(answer, fault.dice)
            if answer.body == answer.other.manifest.encode():
                site.published.add(answer.other.number)
        elif self._is_cached(answer):
            answer.status, answer.body = 304, b""
        self._send(answer, site, site.gate if target == FILE else None)

    def _correct_answer(self, site: Site, target: str) -> Answer:
        number = site.manifest if target == MANIFEST else site.file
        version = versions()[number]
        content = version.manifest.encode() if target == MANIFEST else version.content
        etag, date = f'"{number}-{target}"', _DATE.format(number)
        caching = site.caching if target == FILE else "etag"
        found = re.match(r"bytes=(\d+)-", self.headers.get("Range", ""))
        asked = int(found[1]) if found else None
        answer = Answer(content, asked, other=versions()[number % 3 + 1])
        answer.headers = {
            "Content-Type": "application/json" if target == MANIFEST else _BYTES,
            "Accept-Ranges": "bytes",
            **CACHING[caching],
            **({"Last-Modified": date} if caching == "date" else {"ETag": etag}),
        }
        if asked is None or self.headers.get("If-Range") not in (None, etag, date):
            answer.replace(content)
        elif asked < len(content):
            answer.send_from(asked)
        else:
            answer.become(416, b"", {"Content-Range": f"bytes */{len(content)}"})
        return answer

    def _is_cached(self, answer: Answer) -> bool:
        """Whether the browser's cache has just this."""
        pairs = (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified"))
        return any(
            self.headers.get(condition) == answer.headers.get(validator) is not None
            for condition, validator in pairs
        )

    def _send(self, answer: Answer, site: Site | None, gate: Gate | None = None) -> None:
        self.close_connection = True
        if answer.wait is None and site:
            site.over.wait(_LONGEST)
            return
        if answer.wait and site:
            site.over.wait(answer.wait)
        if not answer.http:
            self.wfile.write(b"\x00\x01\x02 what?\r\n\r\n")
            return
        lines = [f"HTTP/1.1 {answer.status} Status", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in answer.headers.items()]
        self.wfile.write("\r\n".join([*lines, "", ""]).encode())
        self._body(answer, site, gate)

    def _body(self, answer: Answer, site: Site | None, gate: Gate | None) -> None:
        body = answer.body if answer.stop is None else answer.body[: answer.stop]
        hold = int(gate.at * len(body)) if gate and not gate.reached.is_set() else 0
        step = -(-len(body) // _BLOCKS) or 1 if answer.drip else len(body) or 1
        if gate and hold:
            self.wfile.write(body[:hold])
            gate.reached.set()
            gate.go.wait(_LONGEST)
        for place in range(hold, len(body), step):
            self.wfile.write(body[place : place + step])
            if answer.drip and site:
                site.over.wait(answer.drip)
        if answer.stop is not None and answer.end == "hang" and site:
            site.over.wait(_LONGEST)
        elif answer.stop is not None and answer.end == "reset":
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
