"""Remove exports, code or data from a module, or bake a state into it."""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING

from tools.console import BuildError
from tools.lean.wasm.format import (
    END,
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

_TRAP_BODY = sized(NO_LOCALS + UNREACHABLE + END)
GAP = 256
"""This many consecutive zeros end a span of a memory image. A shorter run of zeros stays in its
span, so that there are fewer spans."""
_SEGMENT_GAP = 16
"""This many consecutive zeros end a data segment of a module."""


def with_only_exports(module: Module, names: Collection[str]) -> Module:
    """Return a module that has only the exports with the given names."""
    items = zip(module.items(Section.EXPORT), module.exports(), strict=True)
    exports = [item for item, (name, _, _) in items if name in names]
    return module.with_sections({Section.EXPORT: vector(exports)})


def with_traps(module: Module, called: Collection[int]) -> Module:
    """Return a module in which every function traps, unless its number is in `called`."""
    needed = set(called)
    bodies = enumerate(module.items(Section.CODE))
    return module.with_sections(
        {Section.CODE: vector(body if number in needed else _TRAP_BODY for number, body in bodies)}
    )


def with_state(
    module: Module, memory: bytes, values: Sequence[int], replaced: Mapping[int, bytes]
) -> Module:
    """Return a module with a run's memory and globals baked in, as Wizer does.

    Args:
        module: the module that was run.
        memory: the content of its memory after the run.
        values: the values of the module's own globals after the run, which are all of type i32.
        replaced: the new bodies of the functions that initialise the module, by function number.
    """
    reader = Reader(module.section(Section.DATA))
    reader.uint()  # the number of segments
    passive = [_read_passive(reader)]  # thread-local data, which every thread copies at its start
    data = passive + [
        b"\0" + constant(start) + sized(memory[start:end])  # 0: an active segment
        for start, end in nonzero_spans(memory, _SEGMENT_GAP)
    ]
    bodies = enumerate(module.items(Section.CODE))
    codes = [sized(replaced[number]) if number in replaced else body for number, body in bodies]
    own_globals = [I32 + MUTABLE + constant(value) for value in values]
    return module.with_sections(
        {
            Section.GLOBAL: vector(own_globals),
            Section.DATA_COUNT: uint(len(data)),
            Section.CODE: vector(codes),
            Section.DATA: vector(data),
        }
    )


def move_data_out(module: Module) -> tuple[Module, bytes]:
    """Move a module's initial memory to a memory image; return the module and the image.

    Passive data segments at the beginning stay in the module, because code refers to them by index.

    Raises:
        BuildError: The address of a data segment is not a constant, or its kind is not supported.
    """
    reader = Reader(module.section(Section.DATA))
    memory = bytearray()
    passive: list[bytes] = []
    for number in range(reader.uint()):
        if reader.content[reader.at] == 1 and number == len(passive):  # 1: a passive segment
            passive.append(_read_passive(reader))
            continue
        if reader.uint() != 0:
            raise BuildError("the module has a data segment of an unsupported kind.")
        start = reader.constant()
        content = reader.take(reader.uint())
        memory.extend(bytes(max(start + len(content) - len(memory), 0)))
        memory[start : start + len(content)] = content
    if passive:
        changed = {Section.DATA: vector(passive), Section.DATA_COUNT: uint(len(passive))}
        return module.with_sections(changed), memory_image(bytes(memory))
    return module.without_sections(Section.DATA, Section.DATA_COUNT), memory_image(bytes(memory))


def memory_image(memory: bytes) -> bytes:
    """Return the memory image with a memory's non-zero spans; see tools/page_js/memory.js."""
    found = list(nonzero_spans(memory, GAP))
    places = [number for start, end in found for number in (start, end - start)]
    head = struct.pack(f"<{1 + len(places)}I", len(found), *places)
    return head + b"".join(memory[start:end] for start, end in found)


def nonzero_spans(memory: bytes, gap: int) -> Iterator[tuple[int, int]]:
    """Yield the start and end of each non-zero span; `gap` consecutive zeros end a span."""
    span = re.compile(rb"[^\0](?:\0{0,%d}[^\0])*" % (gap - 1))
    yield from ((match.start(), match.end()) for match in span.finditer(memory))


def _read_passive(reader: Reader) -> bytes:
    """Read a passive data segment and return its encoding.

    Raises:
        BuildError: The segment is not passive.
    """
    start = reader.at
    if reader.uint() != 1:
        raise BuildError("the first data segment of the module is not passive.")
    reader.take(reader.uint())
    return reader.content[start : reader.at]
