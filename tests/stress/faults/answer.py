"""An answer of the server: what is sent and how, honest until something spoils it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.stress.faults.versions import versions

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from tests.stress.faults.versions import Version

    type Spoil = Callable[[Answer, Random], None]

FILE, MANIFEST = "file", "manifest"
PAGE = b"<!doctype html><title>Log in</title><p>Welcome to the hotel's network."
HTML = {"Content-Type": "text/html; charset=utf-8"}


@dataclass
class Answer:
    """What a server sends, and how it sends it.

    content: all of the file, of which the body begins at `start`; asked: the byte that the request
    wants it to begin at, None for a request for the whole. name: the file's; elsewhere: the address
    of its folder at another origin. other: another version than the one asked for.

    wait: seconds before the first byte, None for ever. stop: after how many bytes of the body `end`
    comes: "close", "reset" or "hang". drip: seconds between pieces. http: whether it is HTTP.
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

    def of(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        """Make it another answer altogether."""
        self.status, self.body = status, body
        self.headers = {"Content-Length": str(len(body)), "Cache-Control": "no-store", **headers}

    def replace(self, body: bytes) -> None:
        """Send another body, and say its true length."""
        self.body = body
        self.headers["Content-Length"] = str(len(body))

    def part(self, start: int) -> None:
        """Send the part that begins at a byte, and say so."""
        self.status, self.start = 206, start
        self.headers["Content-Range"] = f"bytes {start}-{len(self.content) - 1}/{len(self.content)}"
        self.replace(self.content[start:])


class Kinds(dict[str, "tuple[str, Spoil]"]):
    """Ways to spoil an answer, by name: what each can happen to, and what it does."""

    def happens_to(self, targets: str) -> Callable[[Spoil], Spoil]:
        """Enter a function under its name. targets: "file", "manifest", or "ranges" of the file."""

        def enter(spoil: Spoil) -> Spoil:
            self[spoil.__name__] = (targets, spoil)
            return spoil

        return enter
