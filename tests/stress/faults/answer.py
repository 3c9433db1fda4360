"""An answer of the server: what is sent and how, correct until something spoils it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from tests.stress.faults.versions import versions

if TYPE_CHECKING:
    from tests.stress.faults.versions import Version

FILE, MANIFEST, RANGES = "file", "manifest", "ranges"
"""What a fault applies to. RANGES: requests for a part of the file."""
PAGE = b"<!doctype html><title>Log in</title><p>Welcome to the hotel's network."
HTML = {"Content-Type": "text/html; charset=utf-8"}


@dataclass
class Answer:
    """What a server sends, and how it sends it.

    Attributes:
        content: The whole file, of which the body begins at `start`.
        asked: The byte at which the requested part begins; None if the whole is requested.
        name: The file's name.
        elsewhere: The address of its folder on another origin.
        other: Another version than the requested one.
        wait: Seconds before the first byte; None for ever.
        stop: After how many bytes of the body `end` happens: "close", "reset" or "hang".
        drip: Seconds between blocks of the body.
        http: Whether it is HTTP at all.
    """

    content: bytes
    asked: int | None = None
    name: str = ""
    elsewhere: str = ""
    other: Version = field(default_factory=lambda: versions()[1])
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    start: int = 0
    wait: float | None = 0
    stop: int | None = None
    end: str = "close"
    drip: float = 0
    http: bool = True

    def become(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        """Become another answer altogether."""
        self.status, self.body = status, body
        self.headers = {"Content-Length": str(len(body)), "Cache-Control": "no-store", **headers}

    def replace(self, body: bytes) -> None:
        """Send another body, with its true length."""
        self.body = body
        self.headers["Content-Length"] = str(len(body))

    def send_from(self, start: int) -> None:
        """Send the part that begins at a byte, with the headers for it."""
        self.status, self.start = 206, start
        self.headers["Content-Range"] = f"bytes {start}-{len(self.content) - 1}/{len(self.content)}"
        self.replace(self.content[start:])


type Spoil = Callable[[Answer, Random], None]
