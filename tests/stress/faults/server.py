"""A server with faults: it serves the page's files, and models at /models/NAME/."""

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

from offline_onnx_page.serving.server import Handler
from tests.stress.faults import wrong_bytes, wrong_content
from tests.stress.faults.response import FILE, HTML_HEADERS, LOGIN_PAGE, MANIFEST, RANGES, Response
from tests.stress.faults.versions import versions

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

    from tests.stress.faults.response import Corrupt

RESPONSE_FAULTS = {**wrong_bytes.KINDS, **wrong_content.KINDS}
"""The functions that put a fault into a response, by the kind of fault."""
FAULT_TARGETS = {**wrong_bytes.KINDS.targets, **wrong_content.KINDS.targets}
"""For each kind in RESPONSE_FAULTS: FILE, MANIFEST, RANGES, or several of them."""
CACHING = {
    "etag": {"Cache-Control": "no-cache"},
    "date": {"Cache-Control": "no-cache"},
    "hour": {"Cache-Control": "max-age=3600"},
}
"""How the browser may cache the file. With "etag" and "date", it has to validate its cached copy at
each request, by ETag or by Last-Modified. With "hour", it may use the copy for an hour."""
_THROTTLED_BLOCKS = 20
"""Number of blocks in which the body of a throttled response is sent."""
_MAX_WAIT = 60.0
"""The maximum number of seconds for which the server delays a response."""
_BINARY_TYPE = "application/octet-stream"
_DATE = "Mon, 0{} Jan 2024 00:00:00 GMT"
"""The Last-Modified date of a version; {} is the version's number."""


@dataclass
class Fault:
    """A fault in responses of the server.

    Attributes:
        target: The requests whose responses have the fault: FILE or MANIFEST.
        corrupt: Puts the fault into a response.
        rng: The random generator for `corrupt`.
        times: The number of responses with the fault; None for all.
        only_ranges: Whether the fault applies only to range requests.
        count: The number of responses that have had the fault so far.
    """

    target: str
    corrupt: Corrupt
    rng: Random
    times: int | None = None
    only_ranges: bool = False
    count: int = 0

    @classmethod
    def of_kind(cls, kind: str, target: str, times: int | None, rng: Random) -> Fault:
        """Return a fault of a kind in RESPONSE_FAULTS."""
        return cls(
            target, RESPONSE_FAULTS[kind], rng, times, only_ranges=RANGES in FAULT_TARGETS[kind]
        )

    def applies(self, target: str, requested_start: int | None) -> bool:
        """Return whether the fault applies to a request. See `Response` for `requested_start`."""
        is_active = self.times is None or self.count < self.times
        return (
            is_active
            and target == self.target
            and (requested_start is not None or not self.only_ranges)
        )


@dataclass
class Gate:
    """Pauses a download of the file.

    Attributes:
        at: The position of the pause, as a fraction of the bytes that are sent.
        reached: Set when the download has reached the pause.
        resume: Set to end the pause.
    """

    at: float
    reached: threading.Event = field(default_factory=threading.Event)
    resume: threading.Event = field(default_factory=threading.Event)


@dataclass
class ServedModel:
    """A model on the server.

    Attributes:
        caching: How the browser may cache the file, a key of CACHING.
        manifest_version: The version of the manifest that the server sends now.
        file_version: The version of the file that the server sends now.
        faults: The faults in responses with the manifest or the file. A response gets only the
            first fault that applies to its request.
        gate: Pauses the next download of the file.
        served_versions: All versions whose manifests the server has offered.
        ended: Set when the scenario has ended, so that no delayed or slow response waits longer.
    """

    caching: str
    manifest_version: int = 0
    file_version: int = 0
    faults: list[Fault] = field(default_factory=list)
    gate: Gate | None = None
    served_versions: set[int] = field(default_factory=set)
    ended: threading.Event = field(default_factory=threading.Event)

    def serve_version(self, number: int) -> None:
        """Send the manifest and the file of this version from now on."""
        self.manifest_version = self.file_version = number
        self.served_versions.add(number)


class FaultServer:
    """Serves a folder and models at localhost. The address 127.0.0.1 is another origin.

    Attributes:
        models: The served models by name.
        connections: The open connections.
        port: The server's port, which stays the same after a restart.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.models: dict[str, ServedModel] = {}
        self.connections: set[socket.socket] = set()
        self.port = 0
        self.start()

    @property
    def origin(self) -> str:
        """The server's origin, such as http://localhost:8000."""
        return f"http://localhost:{self.port}"

    def start(self) -> None:
        """Start or restart the server."""
        handler = functools.partial(FaultHandler, directory=str(self._folder), owner=self)
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), handler)
        self._server.daemon_threads = True
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        """Stop the server: `contextlib.closing` calls this method."""
        self.stop()

    def stop(self) -> None:
        """Stop the server and close all open connections."""
        self._server.shutdown()
        self._server.server_close()
        for connection in list(self.connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class FaultHandler(Handler):
    """Builds the correct response, lets a fault change it, and sends it."""

    protocol_version = "HTTP/1.1"

    def __init__(self, *arguments: Any, owner: FaultServer, **keywords: Any) -> None:
        self.owner = owner
        super().__init__(*arguments, **keywords)

    def handle(self) -> None:
        """Handle the requests of a connection."""
        self.owner.connections.add(self.connection)
        try:
            super().handle()
        except (OSError, ValueError):  # the browser closed the connection, or the server did
            return
        finally:
            self.owner.connections.discard(self.connection)

    def do_GET(self) -> None:  # noqa: N802  # the base class's name
        """Send the login page, a model's file or manifest, or a file of the folder."""
        path = urlsplit(self.path).path
        if path == "/portal":
            self._send_response(Response(b"", headers=dict(HTML_HEADERS), body=LOGIN_PAGE), None)
        elif found := re.fullmatch(r"(/models/([^/]+)/)(\w+/)?(model\.\w+)", path):
            folder, model, subfolder, name = found.groups()
            other_origin_folder = f"http://127.0.0.1:{self.owner.port}{folder}"
            self._respond_with_model(
                self.owner.models.get(model), subfolder or "", name, other_origin_folder
            )
        else:
            super().do_GET()

    def _respond_with_model(
        self, model: ServedModel | None, subfolder: str, name: str, other_origin_folder: str
    ) -> None:
        """Send a model's file or manifest.

        Args:
            model: The model; None if the server has no model of the requested name.
            subfolder: The subfolder that a redirect has led to, "" without a redirect. A file in
                "open/" may be read from other origins.
            name: The file's name.
            other_origin_folder: The address of the file's folder on another origin.
        """
        if model is None:
            self.send_error(404)
            return
        target = MANIFEST if name.endswith(".json") else FILE
        response = self._correct_response(model, target)
        response.file_name, response.other_origin_folder = name, other_origin_folder
        fault = next((f for f in model.faults if f.applies(target, response.requested_start)), None)
        if subfolder == "open/":
            response.headers["Access-Control-Allow-Origin"] = "*"
        if fault and not subfolder:
            fault.count += 1
            fault.corrupt(response, fault.rng)
            if response.body == response.other_version.manifest.encode():
                model.served_versions.add(response.other_version.number)
        elif self._is_not_modified(response):
            response.status, response.body = 304, b""
        self._send_response(response, model, model.gate if target == FILE else None)

    def _correct_response(self, model: ServedModel, target: str) -> Response:
        """Return the response to the current request, without faults."""
        number = model.manifest_version if target == MANIFEST else model.file_version
        version = versions()[number]
        content = version.manifest.encode() if target == MANIFEST else version.content
        etag, date = f'"{number}-{target}"', _DATE.format(number)
        caching = model.caching if target == FILE else "etag"
        found = re.match(r"bytes=(\d+)-", self.headers.get("Range", ""))
        requested_start = int(found[1]) if found else None
        response = Response(content, requested_start, other_version=versions()[number % 3 + 1])
        response.headers = {
            "Content-Type": "application/json" if target == MANIFEST else _BINARY_TYPE,
            "Accept-Ranges": "bytes",
            **CACHING[caching],
            **({"Last-Modified": date} if caching == "date" else {"ETag": etag}),
        }
        if requested_start is None or self.headers.get("If-Range") not in (None, etag, date):
            response.replace_body(content)
        elif requested_start < len(content):
            response.send_range_from(requested_start)
        else:
            response.replace_with(416, b"", {"Content-Range": f"bytes */{len(content)}"})
        return response

    def _is_not_modified(self, response: Response) -> bool:
        """Return whether the browser's cached copy, which the request describes, is still valid."""
        pairs = (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified"))
        return any(
            self.headers.get(condition) == response.headers.get(validator) is not None
            for condition, validator in pairs
        )

    def _send_response(
        self, response: Response, model: ServedModel | None, gate: Gate | None = None
    ) -> None:
        """Send a response.

        Args:
            response: The response.
            model: The requested model; None for a page.
            gate: Pauses the body.
        """
        self.close_connection = True
        if response.delay is None and model:
            model.ended.wait(_MAX_WAIT)
            return
        if response.delay and model:
            model.ended.wait(response.delay)
        if not response.is_http:
            self.wfile.write(b"\x00\x01\x02 what?\r\n\r\n")
            return
        lines = [f"HTTP/1.1 {response.status} Status", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in response.headers.items()]
        self.wfile.write("\r\n".join([*lines, "", ""]).encode())
        self._send_body(response, model, gate)

    def _send_body(self, response: Response, model: ServedModel | None, gate: Gate | None) -> None:
        """Send the body. The gate may pause it, and a fault may slow it down or cut it."""
        body = response.body if response.cut_at is None else response.body[: response.cut_at]
        pause_at = int(gate.at * len(body)) if gate and not gate.reached.is_set() else 0
        blocks = _THROTTLED_BLOCKS if response.block_delay else 1
        block_length = max(-(-len(body) // blocks), 1)  # rounded up
        if gate and pause_at:
            self.wfile.write(body[:pause_at])
            gate.reached.set()
            gate.resume.wait(_MAX_WAIT)
        for position in range(pause_at, len(body), block_length):
            self.wfile.write(body[position : position + block_length])
            if response.block_delay and model:
                model.ended.wait(response.block_delay)
        if response.cut_at is not None and response.cut_by == "hang" and model:
            model.ended.wait(_MAX_WAIT)
        elif response.cut_at is not None and response.cut_by == "reset":
            linger = struct.pack("ii", 1, 0)  # on for 0 seconds: closing sends a reset
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
