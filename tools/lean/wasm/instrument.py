"""Modules that record what they do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lean.wasm.format import (
    GLOBAL_SET,
    I32,
    I32_CONST,
    MUTABLE,
    Kind,
    Reader,
    Section,
    constant,
    sint,
    sized,
    uint,
    vector,
)
from tools.lean.wasm.module import export

if TYPE_CHECKING:
    from tools.lean.wasm.module import Module

CALLED = "called:"
"""What the names of the exports begin with that `record_calls` adds."""


def export_globals(module: Module) -> Module:
    """Export each of the module's own globals, as "global:" and its number."""
    first = module.count_imports(Kind.GLOBAL)
    numbers = range(len(module.items(Section.GLOBAL)))
    exports = [export(f"global:{number}", Kind.GLOBAL, first + number) for number in numbers]
    return module.with_items({Section.EXPORT: exports})


def record_calls(module: Module) -> Module:
    """Export a global for each function, as "called:" and its number: 1 once it was called.

    Only the code gets longer; the memory and every index stay as they are.
    """
    first = module.count_imports(Kind.GLOBAL) + len(module.items(Section.GLOBAL))
    bodies = [_recording(body, first + n) for n, body in enumerate(module.items(Section.CODE))]
    numbers = range(len(bodies))
    exports = [export(f"{CALLED}{number}", Kind.GLOBAL, first + number) for number in numbers]
    flags = [I32 + MUTABLE + constant(0)] * len(bodies)
    longer = module.with_items({Section.GLOBAL: flags, Section.EXPORT: exports})
    return longer.with_sections({Section.CODE: vector(bodies)})


def _recording(body: bytes, flag: int) -> bytes:
    """Return the body of a function, preceded by setting a global to 1."""
    reader = Reader(body)
    reader.uint()
    start = reader.at
    for _ in range(reader.uint()):  # locals
        reader.uint()
        reader.byte()
    record = I32_CONST + sint(1) + GLOBAL_SET + uint(flag)
    return sized(body[start : reader.at] + record + body[reader.at :])
