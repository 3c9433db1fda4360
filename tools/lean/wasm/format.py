"""Read and write the binary format of WebAssembly: numbers, vectors, items of sections.

Source: WebAssembly Core Specification, chapter 5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.console import BuildError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

# The codes of types, opcodes and other codes of the binary format.
I32, MUTABLE, FUNCTION_TYPE, FUNCTION_REFERENCES = b"\x7f", b"\x01", b"\x60", b"\x70"
IF, END, CALL, CALL_INDIRECT, LOCAL_GET, GLOBAL_GET, GLOBAL_SET, I32_CONST, I32_EQZ = (
    bytes([code]) for code in (0x04, 0x0B, 0x10, 0x11, 0x20, 0x23, 0x24, 0x41, 0x45)
)
NO_LOCALS, NO_RESULT = b"\x00", b"\x40"
UNREACHABLE = b"\x00"


class Kind:
    """The kinds of imports and exports."""

    FUNCTION, TABLE, MEMORY, GLOBAL, TAG = range(5)


class Section:
    """The numbers of the sections."""

    CUSTOM, TYPE, IMPORT, FUNCTION, TABLE, MEMORY, GLOBAL, EXPORT, START, ELEMENT, CODE, DATA = (
        range(12)
    )
    DATA_COUNT, TAG = 12, 13


def uint(value: int) -> bytes:
    """Return the LEB128 encoding of an unsigned number."""
    out = bytearray()
    while True:
        byte, value = value & 0x7F, value >> 7
        out.append(byte | (0x80 if value else 0))
        if not value:
            return bytes(out)


def sint(value: int) -> bytes:
    """Return the LEB128 encoding of a signed number."""
    out = bytearray()
    while True:
        byte, value = value & 0x7F, value >> 7
        last = value == (-1 if byte & 0x40 else 0)
        out.append(byte if last else byte | 0x80)
        if last:
            return bytes(out)


def vector(items: Iterable[bytes]) -> bytes:
    """Return the encoding of a vector: the number of items, then the items."""
    encoded = list(items)
    return uint(len(encoded)) + b"".join(encoded)


def sized(content: bytes) -> bytes:
    """Return the content with its length before it."""
    return uint(len(content)) + content


def body(code: bytes) -> bytes:
    """Return the body of a function without locals."""
    return NO_LOCALS + code + END


def constant(value: int) -> bytes:
    """Return the encoding of a constant expression of the type i32."""
    return I32_CONST + sint(value) + END


@dataclass
class Reader:
    """Reads one value after another from bytes; `at` is the position of the next value."""

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

    def sint(self) -> int:
        """Read a signed LEB128 number."""
        start = self.at
        value = self.uint()
        bits = 7 * (self.at - start)
        return value - (value >> bits - 1 << bits)

    def take(self, length: int) -> bytes:
        """Read `length` bytes."""
        self.at += length
        return self.content[self.at - length : self.at]

    def constant(self) -> int:
        """Read a constant expression of the type i32.

        Raises:
            BuildError: The expression is of another type or is not a plain number.
        """
        code, value, end = self.take(1), self.sint(), self.take(1)
        if (code, end) != (I32_CONST, END):
            raise BuildError("the module has a constant expression that is not a plain number.")
        return value


# Each of these functions moves a reader past one item of a section, or past a part of an item.


def _skip_type(reader: Reader) -> None:
    if reader.take(1) != FUNCTION_TYPE:
        raise BuildError("the module has a type that is not a function type.")
    for _ in range(2):  # parameters, results: one byte each
        reader.take(reader.uint())


def _skip_limits(reader: Reader) -> None:
    flags = reader.uint()
    for _ in range(1 + (flags & 1)):  # the minimum; with the flag 1, also the maximum
        reader.uint()


def _skip_table(reader: Reader) -> None:
    reader.byte()
    _skip_limits(reader)


def _skip_tag(reader: Reader) -> None:
    reader.byte()
    reader.uint()


def _skip_import(reader: Reader) -> None:
    for _ in range(2):  # the names of the module and of the import
        reader.take(reader.uint())
    kind = reader.byte()
    if kind == Kind.GLOBAL:
        reader.take(2)
    else:
        _SKIP_IMPORT_TYPE[kind](reader)


def _skip_global(reader: Reader) -> None:
    reader.take(2)  # the type, and whether it is mutable
    reader.constant()


def _skip_export(reader: Reader) -> None:
    reader.take(reader.uint())
    reader.byte()
    reader.uint()


_SKIP_IMPORT_TYPE: dict[int, Callable[[Reader], object]] = {
    Kind.FUNCTION: Reader.uint,
    Kind.TABLE: _skip_table,
    Kind.MEMORY: _skip_limits,
    Kind.TAG: _skip_tag,
}
"""By kind: a function that moves a reader past the type of an import."""
SKIP_ITEM: dict[int, Callable[[Reader], object]] = {
    Section.TYPE: _skip_type,
    Section.IMPORT: _skip_import,
    Section.FUNCTION: Reader.uint,
    Section.TABLE: _skip_table,
    Section.MEMORY: _skip_limits,
    Section.TAG: _skip_tag,
    Section.GLOBAL: _skip_global,
    Section.EXPORT: _skip_export,
    Section.CODE: lambda reader: reader.take(reader.uint()),
}
"""By section number: a function that moves a reader past one item of the section."""
