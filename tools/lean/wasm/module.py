"""A WebAssembly module as its sections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.console import BuildError
from tools.lean.wasm.format import ITEMS, Kind, Reader, Section, sized, uint, vector

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

MAGIC = b"\0asm\1\0\0\0"
ORDER = [*range(1, 6), Section.TAG, *range(6, 10), Section.DATA_COUNT, 10, 11]
"""The order in which sections have to be."""


@dataclass
class Module:
    """A module as its sections, in order: (number, content)."""

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
        return MAGIC + b"".join(bytes([number]) + sized(part) for number, part in self.sections)

    def start(self) -> int:
        """Give the number of the function that is called when the module is instantiated."""
        return Reader(self.section(Section.START)).uint() - self.imported(Kind.FUNCTION)

    def exported(self, name: str) -> int:
        """Give the number of the function that has this name outside. Raises BuildError."""
        for found, kind, index in self.exports():
            if found == name and kind == Kind.FUNCTION:
                return index - self.imported(Kind.FUNCTION)
        raise BuildError(f"the module exports no function {name!r}.")

    def exports(self) -> Iterator[tuple[str, int, int]]:
        """Give the name, the kind and the index of each thing that is exported."""
        for item in self.items(Section.EXPORT):
            reader = Reader(item)
            yield reader.take(reader.uint()).decode(), reader.byte(), reader.uint()

    def imports(self) -> Iterator[tuple[str, str, int]]:
        """Give the place, the name and the kind of each thing that is imported."""
        for item in self.items(Section.IMPORT):
            reader = Reader(item)
            place, name = (reader.take(reader.uint()).decode() for _ in range(2))
            yield place, name, reader.byte()

    def imported(self, wanted: int) -> int:
        """Count what is imported of a kind: its indices come before those of the module's own."""
        return sum(kind == wanted for _, _, kind in self.imports())

    def section(self, number: int) -> bytes:
        """Give a section's content; without it, that of an empty one."""
        return next((content for which, content in self.sections if which == number), b"\0")

    def items(self, number: int) -> list[bytes]:
        """Give what a section lists, each as it is written."""
        reader = Reader(self.section(number))
        found = []
        for _ in range(reader.uint()):
            start = reader.at
            ITEMS[number](reader)
            found.append(reader.content[start : reader.at])
        return found

    def having(self, changed: Mapping[int, bytes]) -> Module:
        """Have other content in sections that there are. Raises BuildError."""
        if missing := changed.keys() - {number for number, _ in self.sections}:
            raise BuildError(f"the module has no section {min(missing)}.")
        return Module([(number, changed.get(number, old)) for number, old in self.sections])

    def adding(self, more: Mapping[int, Iterable[bytes]]) -> Module:
        """Have more in what sections list, at the end. Raises BuildError."""
        changed = {}
        for number, items in more.items():
            reader, added = Reader(self.section(number)), list(items)
            count = uint(reader.uint() + len(added))
            changed[number] = count + reader.content[reader.at :] + b"".join(added)
        return self.having(changed)

    def without(self, *numbers: int) -> Module:
        """Leave sections out."""
        return Module([part for part in self.sections if part[0] not in numbers])


def export(name: str, kind: int, index: int) -> bytes:
    """Write what is exported."""
    return sized(name.encode()) + bytes([kind]) + uint(index)


def assembled(sections: Mapping[int, Iterable[bytes]]) -> Module:
    """Make a module of what its sections list, in any order; empty ones are left out."""
    written = [(number, list(sections.get(number, ()))) for number in ORDER]
    return Module([(number, vector(items)) for number, items in written if items])
