"""WebAssembly modules, as far as needed to see what they do and to leave the rest out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools import wasm_format
from tools.report import BuildError
from tools.wasm_format import Reader, filled, sint, sized, skip_import, uint, vector

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

MAGIC = b"\0asm\1\0\0\0"
IMPORT, GLOBAL, EXPORT, START, CODE, DATA, DATA_COUNT = 2, 6, 7, 8, 10, 11, 12
_I32, _MUTABLE, _I32_CONST, _GLOBAL_SET, _END = b"\x7f", b"\x01", b"\x41", b"\x24", b"\x0b"
_TRAP = b"\x00\x00\x0b"  # no locals, unreachable, end


@dataclass
class Module:
    """A module as its sections, in order: (id, content)."""

    sections: list[tuple[int, bytes]]

    @classmethod
    def read(cls, content: bytes) -> Module:
        """Take a module apart. Raises BuildError if it is none."""
        if not content.startswith(MAGIC):
            raise BuildError("this is no WebAssembly module of version 1.")
        reader = Reader(content, len(MAGIC))
        sections = []
        while reader.at < len(content):
            sections.append((reader.byte(), reader.take(reader.uint())))
        return cls(sections)

    def write(self) -> bytes:
        """Put it together again."""
        return MAGIC + b"".join(
            bytes([number]) + uint(len(content)) + content for number, content in self.sections
        )

    def start(self) -> int:
        """Give the number of the function that is called when the module is instantiated."""
        return Reader(self._section(START)).uint() - self._imported(wasm_format.FUNCTION)

    def exported(self, name: str) -> int:
        """Give the number of the function that has this name outside. Raises BuildError."""
        reader = Reader(self._section(EXPORT))
        for _ in range(reader.uint()):
            found, kind, index = reader.take(reader.uint()), reader.byte(), reader.uint()
            if found == name.encode() and kind == wasm_format.FUNCTION:
                return index - self._imported(wasm_format.FUNCTION)
        raise BuildError(f"the module exports no function {name!r}.")

    def imports(self) -> list[tuple[str, str]]:
        """Give the place and the name of each thing that is imported."""
        return [(place, name) for place, name, _ in self._imports()]

    def exporting(self, names: Collection[str]) -> Module:
        """Export only what has one of these names."""
        reader, kept = Reader(self._section(EXPORT)), []
        for _ in range(reader.uint()):
            start = reader.at
            name = reader.take(reader.uint()).decode()
            reader.byte()
            reader.uint()
            if name in names:
                kept.append(reader.content[start : reader.at])
        return self._with({EXPORT: vector(kept)})

    def telling_globals(self) -> Module:
        """Export each of the module's own globals, by the name "global:" and its number."""
        first, count = self._imported(wasm_format.GLOBAL), Reader(self._section(GLOBAL)).uint()
        exports = [_export(f"global:{number}", first + number) for number in range(count)]
        return self._with({EXPORT: self._longer(EXPORT, exports)})

    def telling_calls(self) -> Module:
        """Export a global for each function, "called:" and its number: 1 once it is called.

        Only the code is longer; the memory and every index are as they were.
        """
        first = self._imported(wasm_format.GLOBAL) + Reader(self._section(GLOBAL)).uint()
        bodies = [
            local + _I32_CONST + b"\1" + _GLOBAL_SET + uint(first + number) + code
            for number, (local, code) in enumerate(map(_split, self._bodies()))
        ]
        exports = [_export(f"called:{number}", first + number) for number in range(len(bodies))]
        flag = _I32 + _MUTABLE + _I32_CONST + b"\0" + _END
        changed = {
            GLOBAL: self._longer(GLOBAL, [flag] * len(bodies)),
            EXPORT: self._longer(EXPORT, exports),
            CODE: vector(map(sized, bodies)),
        }
        return self._with(changed)

    def initialised(
        self, memory: bytes, values: Sequence[int], done: Mapping[int, bytes]
    ) -> Module:
        """Begin where a run has come to.

        memory: what it holds by then. values: of the module's own globals, all i32. done: bodies
        in place of those of functions that the run has called to come there, by their numbers.
        """
        first = Reader(self._section(DATA))
        kept = [_data(first)]  # thread-local data, which every thread that starts copies
        data = kept + [
            b"\0" + _I32_CONST + sint(start) + _END + sized(memory[start:end])
            for start, end in filled(memory)
        ]
        bodies = [done.get(number, body) for number, body in enumerate(self._bodies())]
        own = [_I32 + _MUTABLE + _I32_CONST + sint(value) + _END for value in values]
        changed = {GLOBAL: vector(own), DATA_COUNT: uint(len(data)), DATA: vector(data)}
        return self._with({**changed, CODE: vector(map(sized, bodies))})

    def pruned(self, called: Collection[int]) -> Module:
        """Keep the code of the functions called, by their numbers; any other one only traps."""
        kept = set(called)
        bodies = [body if number in kept else _TRAP for number, body in enumerate(self._bodies())]
        return self._with({CODE: vector(map(sized, bodies))})

    def _bodies(self) -> Iterator[bytes]:
        reader = Reader(self._section(CODE))
        for _ in range(reader.uint()):
            yield reader.take(reader.uint())

    def _imports(self) -> Iterator[tuple[str, str, int]]:
        reader = Reader(self._section(IMPORT))
        for _ in range(reader.uint()):
            place, name = (reader.take(reader.uint()).decode() for _ in range(2))
            kind = reader.byte()
            skip_import(reader, kind)
            yield place, name, kind

    def _imported(self, wanted: int) -> int:
        """Count what is imported of a kind: its indices come before those of the module's own."""
        return sum(kind == wanted for _, _, kind in self._imports())

    def _section(self, number: int) -> bytes:
        return next((content for which, content in self.sections if which == number), b"\0")

    def _longer(self, number: int, items: list[bytes]) -> bytes:
        reader = Reader(self._section(number))
        count = reader.uint()
        return uint(count + len(items)) + reader.content[reader.at :] + b"".join(items)

    def _with(self, changed: dict[int, bytes]) -> Module:
        if missing := changed.keys() - {number for number, _ in self.sections}:
            raise BuildError(f"the module has no section {min(missing)}.")
        return Module([(number, changed.get(number, old)) for number, old in self.sections])


def _export(name: str, number: int) -> bytes:
    return sized(name.encode()) + bytes([wasm_format.GLOBAL]) + uint(number)


def _split(body: bytes) -> tuple[bytes, bytes]:
    """Part a function's locals from its code."""
    reader = Reader(body)
    for _ in range(reader.uint()):
        reader.uint()
        reader.byte()
    return body[: reader.at], body[reader.at :]


def _data(reader: Reader) -> bytes:
    reader.uint()
    start = reader.at
    if reader.uint() != 1:
        raise BuildError("the first data of the module are not passive.")
    reader.take(reader.uint())
    return reader.content[start : reader.at]
