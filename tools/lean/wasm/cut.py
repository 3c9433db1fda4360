"""Modules with less in them, and modules whose memory or state was changed."""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING

from tools.console import BuildError
from tools.lean.wasm.format import (
    I32,
    MUTABLE,
    NO_LOCALS,
    UNREACHABLE,
    Reader,
    Section,
    constant,
    sized,
    uint,
    vector,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from tools.lean.wasm.module import Module

_TRAP = sized(NO_LOCALS + UNREACHABLE + b"\x0b")
GAP = 256
"""Zeros in a row that end a span of a memory's image; shorter gaps are cheaper to write out."""


def with_only_exports(module: Module, names: Collection[str]) -> Module:
    """Export only what has one of these names."""
    items = zip(module.items(Section.EXPORT), module.exports(), strict=True)
    exports = [item for item, (name, _, _) in items if name in names]
    return module.with_sections({Section.EXPORT: vector(exports)})


def with_traps(module: Module, called: Collection[int]) -> Module:
    """Replace the code of every function by a trap, except those called, given as numbers."""
    needed = set(called)
    bodies = enumerate(module.items(Section.CODE))
    return module.with_sections(
        {Section.CODE: vector(body if number in needed else _TRAP for number, body in bodies)}
    )


def with_state(
    module: Module, memory: bytes, values: Sequence[int], replaced: Mapping[int, bytes]
) -> Module:
    """Bake a run's memory and globals into the module, as Wizer does.

    Args:
        module: the module that was run.
        memory: the content of its memory after the run.
        values: those of the module's own globals after the run, all i32.
        replaced: new bodies of the functions that did the run's work, by their numbers.
    """
    first = Reader(module.section(Section.DATA))
    first.uint()
    passive = [_passive(first)]  # thread-local data, which every thread copies when it starts
    data = passive + [
        b"\0" + constant(start) + sized(memory[start:end])
        for start, end in nonzero_spans(memory, 16)
    ]
    bodies = enumerate(module.items(Section.CODE))
    written = [sized(replaced[number]) if number in replaced else body for number, body in bodies]
    own = [I32 + MUTABLE + constant(value) for value in values]
    return module.with_sections(
        {
            Section.GLOBAL: vector(own),
            Section.DATA_COUNT: uint(len(data)),
            Section.CODE: vector(written),
            Section.DATA: vector(data),
        }
    )


def move_data_out(module: Module) -> tuple[Module, bytes]:
    """Move a module's initial memory to an image; return the module and the image.

    Passive data stay in the module if they come first, since code refers to them by number.

    Raises:
        BuildError: The place of some data is not a plain number.
    """
    reader = Reader(module.section(Section.DATA))
    memory = bytearray()
    passive: list[bytes] = []
    for number in range(reader.uint()):
        if reader.content[reader.at] == 1 and number == len(passive):
            passive.append(_passive(reader))
            continue
        if reader.uint() != 0:
            raise BuildError("the module has data of an unknown kind.")
        start = reader.constant()
        content = reader.take(reader.uint())
        memory.extend(bytes(max(start + len(content) - len(memory), 0)))
        memory[start : start + len(content)] = content
    if passive:
        changed = {Section.DATA: vector(passive), Section.DATA_COUNT: uint(len(passive))}
        return module.with_sections(changed), memory_image(bytes(memory))
    return module.without_sections(Section.DATA, Section.DATA_COUNT), memory_image(bytes(memory))


def memory_image(memory: bytes) -> bytes:
    """Return the non-zero spans of a memory, in the format of tools/page_js/memory.js."""
    found = list(nonzero_spans(memory, GAP))
    places = [number for start, end in found for number in (start, end - start)]
    head = struct.pack(f"<{1 + len(places)}I", len(found), *places)
    return head + b"".join(memory[start:end] for start, end in found)


def nonzero_spans(memory: bytes, gap: int) -> Iterator[tuple[int, int]]:
    """Yield the start and end of each span that is not zero; `gap` zeros in a row end a span."""
    filled = re.compile(rb"[^\0](?:\0{0,%d}[^\0])*" % (gap - 1))
    yield from ((match.start(), match.end()) for match in filled.finditer(memory))


def _passive(reader: Reader) -> bytes:
    """Read one item of passive data; return its bytes. Raises BuildError for other data."""
    start = reader.at
    if reader.uint() != 1:
        raise BuildError("the first data of the module are not passive.")
    reader.take(reader.uint())
    return reader.content[start : reader.at]
