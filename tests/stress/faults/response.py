"""An HTTP response of the server, which is correct until a fault changes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from tests.stress.faults.versions import versions

if TYPE_CHECKING:
    from tests.stress.faults.versions import Version

FILE, MANIFEST, RANGES = "file", "manifest", "ranges"
"""The requests that a fault applies to. RANGES stands for range requests for the file."""
LOGIN_PAGE = b"<!doctype html><title>Log in</title><p>Welcome to the hotel's network."
"""The page of a captive portal, such as a hotel's."""
HTML_HEADERS = {"Content-Type": "text/html; charset=utf-8"}


@dataclass
class Response:
    """A response, and the way in which the server sends it.

    Attributes:
        content: The whole file that is requested.
        requested_start: The position at which a requested range begins; None if the whole file is
            requested.
        file_name: The file's name.
        other_origin_folder: The address of the file's folder on another origin.
        other_version: A version of the model that is not the requested one.
        status: The HTTP status.
        headers: The HTTP headers.
        body: The bytes to send.
        body_start: The position in `content` at which `body` begins.
        delay: Seconds before the first byte; None to send nothing.
        cut_at: The number of bytes of the body to send; None to send the whole body.
        cut_by: What the server does after `cut_at` bytes: "close" or "reset" the connection, or
            "hang" to keep it open.
        block_delay: Seconds between blocks of the body.
        is_http: Whether to send an HTTP response or bytes that are not HTTP.
    """

    content: bytes
    requested_start: int | None = None
    file_name: str = ""
    other_origin_folder: str = ""
    other_version: Version = field(default_factory=lambda: versions()[1])
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    body_start: int = 0
    delay: float | None = 0
    cut_at: int | None = None
    cut_by: str = "close"
    block_delay: float = 0
    is_http: bool = True

    def replace_with(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        """Replace status, body and headers."""
        self.status, self.body = status, body
        self.headers = {"Content-Length": str(len(body)), "Cache-Control": "no-store", **headers}

    def replace_body(self, body: bytes) -> None:
        """Replace the body, and set its length in the headers."""
        self.body = body
        self.headers["Content-Length"] = str(len(body))

    def send_range_from(self, start: int) -> None:
        """Make this a range response, from the byte `start` to the end of the file."""
        self.status, self.body_start = 206, start
        self.headers["Content-Range"] = f"bytes {start}-{len(self.content) - 1}/{len(self.content)}"
        self.replace_body(self.content[start:])


type Corrupt = Callable[[Response, Random], None]
"""A function that puts a fault into a response: it changes the content, or how the content is sent.

It makes its choices with the random generator.
"""
