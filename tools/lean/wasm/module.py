"""A WebAssembly module as a list of sections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.console import BuildError
from tools.lean.wasm.format import SKIP_ITEM, Kind, Reader, Section, sized, uint, vector

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

MAGIC = b"\0asm\1\0\0\0"
ORDER = [*range(1, 6), Section.TAG, *range(6, 10), Section.DATA_COUNT, 10, 11]
"""The order of sections that the specification requires."""


@dataclass
class Module:
    """A WebAssembly module: its sections in order, each as (number, content)."""

    sections: list[tuple[int, bytes]]

    @classmethod
    def read(cls, content: bytes) -> Module:
        """Parse a module.

        Raises:
            BuildError: The content is not a module.
        """
        if not content.startswith(MAGIC):
            raise BuildError("the content is not a WebAssembly module of version 1.")
        reader = Reader(content, len(MAGIC))
        sections = []
        while reader.at < len(content):
            sections.append((reader.byte(), reader.take(reader.uint())))
        return cls(sections)

    def write(self) -> bytes:
        """Return the module in the binary format."""
        return MAGIC + b"".join(bytes([number]) + sized(part) for number, part in self.sections)

    def start_function(self) -> int:
        """Return the number, see `tools.lean.wasm`, of the function that instantiation calls."""
        return Reader(self.section(Section.START)).uint() - self.count_imports(Kind.FUNCTION)

    def exported_function(self, name: str) -> int:
        """Return the number, see `tools.lean.wasm`, of the function that is exported as `name`.

        Raises:
            BuildError: The module exports no function of this name.
        """
        for found, kind, index in self.exports():
            if found == name and kind == Kind.FUNCTION:
                return index - self.count_imports(Kind.FUNCTION)
        raise BuildError(f"the module exports no function {name!r}.")

    def exports(self) -> Iterator[tuple[str, int, int]]:
        """Yield the name, the kind and the index of each export."""
        for item in self.items(Section.EXPORT):
            reader = Reader(item)
            yield reader.take(reader.uint()).decode(), reader.byte(), reader.uint()

    def imports(self) -> Iterator[tuple[str, str, int]]:
        """Yield the module, the name and the kind of each import."""
        for item in self.items(Section.IMPORT):
            reader = Reader(item)
            source, name = (reader.take(reader.uint()).decode() for _ in range(2))
            yield source, name, reader.byte()

    def count_imports(self, wanted: int) -> int:
        """Return the number of imports of a kind. The module's own items have the next indices."""
        return sum(kind == wanted for _, _, kind in self.imports())

    def section(self, number: int) -> bytes:
        """Return the content of a section, or an empty vector if the module has no such section."""
        return next((content for each, content in self.sections if each == number), b"\0")

    def items(self, number: int) -> list[bytes]:
        """Return the items of a section, in the binary format."""
        reader = Reader(self.section(number))
        found = []
        for _ in range(reader.uint()):
            start = reader.at
            SKIP_ITEM[number](reader)
            found.append(reader.content[start : reader.at])
        return found

    def with_sections(self, changed: Mapping[int, bytes]) -> Module:
        """Return a copy of the module with new content in some sections.

        Args:
            changed: the new content by the section's number.

        Raises:
            BuildError: The module has no such section.
        """
        if missing := changed.keys() - {number for number, _ in self.sections}:
            raise BuildError(f"the module has no section {min(missing)}.")
        return Module([(number, changed.get(number, old)) for number, old in self.sections])

    def with_items(self, more: Mapping[int, Iterable[bytes]]) -> Module:
        """Return a copy of the module with more items at the end of some sections.

        Args:
            more: the added items by the section's number.

        Raises:
            BuildError: The module has no such section.
        """
        changed = {}
        for number, items in more.items():
            reader, added = Reader(self.section(number)), list(items)
            count = uint(reader.uint() + len(added))
            changed[number] = count + reader.content[reader.at :] + b"".join(added)
        return self.with_sections(changed)

    def without_sections(self, *numbers: int) -> Module:
        """Return a copy of the module without the sections of the given numbers."""
        return Module([part for part in self.sections if part[0] not in numbers])


def export(name: str, kind: int, index: int) -> bytes:
    """Return the encoding of an item of the export section."""
    return sized(name.encode()) + bytes([kind]) + uint(index)


def assemble(sections: Mapping[int, Iterable[bytes]]) -> Module:
    """Return a module with the given items, by section number. Empty sections are omitted."""
    written = [(number, list(sections.get(number, ()))) for number in ORDER]
    return Module([(number, vector(items)) for number, items in written if items])
