"""Modules with less in them, and the memory that they begin with."""

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
"""So many bytes that are zero are not worth a span of their own, in a memory's image."""


def exporting(module: Module, names: Collection[str]) -> Module:
    """Export only what has one of these names."""
    items = zip(module.items(Section.EXPORT), module.exports(), strict=True)
    kept = [item for item, (name, _, _) in items if name in names]
    return module.having({Section.EXPORT: vector(kept)})


def pruned(module: Module, called: Collection[int]) -> Module:
    """Keep the code of the functions called, by their numbers; any other one only traps."""
    kept = set(called)
    bodies = enumerate(module.items(Section.CODE))
    return module.having(
        {Section.CODE: vector(body if number in kept else _TRAP for number, body in bodies)}
    )


def initialised(
    module: Module, memory: bytes, values: Sequence[int], done: Mapping[int, bytes]
) -> Module:
    """Begin where a run has come to.

    memory: what it holds by then. values: of the module's own globals, all i32. done: bodies in
    place of those of functions that the run has called to come there, by their numbers.
    """
    first = Reader(module.section(Section.DATA))
    first.uint()
    kept = [_passive(first)]  # thread-local data, which every thread that starts copies
    data = kept + [
        b"\0" + constant(start) + sized(memory[start:end]) for start, end in spans(memory, 16)
    ]
    bodies = enumerate(module.items(Section.CODE))
    written = [sized(done[number]) if number in done else body for number, body in bodies]
    own = [I32 + MUTABLE + constant(value) for value in values]
    return module.having(
        {
            Section.GLOBAL: vector(own),
            Section.DATA_COUNT: uint(len(data)),
            Section.CODE: vector(written),
            Section.DATA: vector(data),
        }
    )


def without_data(module: Module) -> tuple[Module, bytes]:
    """Part what a module's memory begins with from the module; give both.

    Passive data stay, if they come before all other: code names them by their number. Raises
    BuildError for data whose place is not a plain number.
    """
    reader = Reader(module.section(Section.DATA))
    memory = bytearray()
    kept: list[bytes] = []
    for number in range(reader.uint()):
        if reader.content[reader.at] == 1 and number == len(kept):
            kept.append(_passive(reader))
            continue
        if reader.uint() != 0:
            raise BuildError("the module's data are of a kind that is not known.")
        start = reader.constant()
        content = reader.take(reader.uint())
        memory.extend(bytes(max(start + len(content) - len(memory), 0)))
        memory[start : start + len(content)] = content
    bare = module.without(*([] if kept else [Section.DATA, Section.DATA_COUNT]))
    if kept:
        bare = bare.having({Section.DATA: vector(kept), Section.DATA_COUNT: uint(len(kept))})
    return bare, image(bytes(memory))


def image(memory: bytes) -> bytes:
    """Write what lies where in a memory: see tools/page_js/memory.js, which reads it."""
    found = list(spans(memory, GAP))
    places = [number for start, end in found for number in (start, end - start)]
    head = struct.pack(f"<{1 + len(places)}I", len(found), *places)
    return head + b"".join(memory[start:end] for start, end in found)


def spans(memory: bytes, gap: int) -> Iterator[tuple[int, int]]:
    """Find the spans that are not zero: from where to where. gap: zeros that end a span."""
    filled = re.compile(rb"[^\0](?:\0{0,%d}[^\0])*" % (gap - 1))
    yield from ((match.start(), match.end()) for match in filled.finditer(memory))


def _passive(reader: Reader) -> bytes:
    start = reader.at
    if reader.uint() != 1:
        raise BuildError("the first data of the module are not passive.")
    reader.take(reader.uint())
    return reader.content[start : reader.at]
