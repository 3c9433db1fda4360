"""The binary format of WebAssembly: numbers, vectors and what is imported.

WebAssembly Core Specification, chapter 5.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FUNCTION, TABLE, MEMORY, GLOBAL, TAG = range(5)
"""The kinds of what is imported and exported."""
_FILLED = re.compile(rb"[^\0](?:\0{0,15}[^\0])*")


def uint(value: int) -> bytes:
    """Write an unsigned LEB128 number."""
    out = bytearray()
    while True:
        byte, value = value & 0x7F, value >> 7
        out.append(byte | (0x80 if value else 0))
        if not value:
            return bytes(out)


def sint(value: int) -> bytes:
    """Write a signed LEB128 number."""
    out = bytearray()
    while True:
        byte, value = value & 0x7F, value >> 7
        last = value == (-1 if byte & 0x40 else 0)
        out.append(byte if last else byte | 0x80)
        if last:
            return bytes(out)


def vector(items: Iterable[bytes]) -> bytes:
    """Write how many there are, and all of them."""
    written = list(items)
    return uint(len(written)) + b"".join(written)


def sized(content: bytes) -> bytes:
    """Write how long it is, and all of it."""
    return uint(len(content)) + content


@dataclass
class Reader:
    """A place in some bytes."""

    content: bytes
    at: int = 0

    def byte(self) -> int:
        """Read a byte."""
        self.at += 1
        return self.content[self.at - 1]

    def uint(self) -> int:
        """Read an unsigned LEB128 number."""
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def take(self, length: int) -> bytes:
        """Read so many bytes."""
        self.at += length
        return self.content[self.at - length : self.at]


def skip_import(reader: Reader, kind: int) -> None:
    """Read what is imported: a function, a table, a memory, a global or a tag."""
    if kind in (TABLE, MEMORY):  # limits: flags, least, and most if the first is set
        if kind == TABLE:
            reader.byte()
        flags = reader.uint()
        reader.uint()
        if flags & 1:
            reader.uint()
    elif kind == GLOBAL:
        reader.take(2)
    else:
        if kind == TAG:
            reader.byte()
        reader.uint()


def filled(memory: bytes) -> Iterator[tuple[int, int]]:
    """Find the spans that are not zero, with no gap in them that is worth a span of its own."""
    yield from ((match.start(), match.end()) for match in _FILLED.finditer(memory))
