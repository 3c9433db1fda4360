"""Change a module so that it records which functions are called, or exports its globals."""

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
"""The prefix of the names of the exports that `record_calls` adds."""


def export_globals(module: Module) -> Module:
    """Export each of the module's own globals under the name "global:NUMBER"."""
    first = module.count_imports(Kind.GLOBAL)
    numbers = range(len(module.items(Section.GLOBAL)))
    exports = [export(f"global:{number}", Kind.GLOBAL, first + number) for number in numbers]
    return module.with_items({Section.EXPORT: exports})


def record_calls(module: Module) -> Module:
    """Export a global "called:NUMBER" for each of the module's own functions.

    A function sets its global to 1 whenever it is called. NUMBER is the function's number, see
    `tools.lean.wasm`. The memory and the indices of functions and globals do not change.
    """
    first = module.count_imports(Kind.GLOBAL) + len(module.items(Section.GLOBAL))
    bodies = [_with_flag(body, first + n) for n, body in enumerate(module.items(Section.CODE))]
    numbers = range(len(bodies))
    exports = [export(f"{CALLED}{number}", Kind.GLOBAL, first + number) for number in numbers]
    flags = [I32 + MUTABLE + constant(0)] * len(bodies)
    with_flags = module.with_items({Section.GLOBAL: flags, Section.EXPORT: exports})
    return with_flags.with_sections({Section.CODE: vector(bodies)})


def _with_flag(body: bytes, flag: int) -> bytes:
    """Return a function's body, changed to begin by setting the global with index `flag` to 1."""
    reader = Reader(body)
    reader.uint()  # the length
    start = reader.at
    for _ in range(reader.uint()):  # locals
        reader.uint()
        reader.byte()
    set_flag = I32_CONST + sint(1) + GLOBAL_SET + uint(flag)
    return sized(body[start : reader.at] + set_flag + body[reader.at :])
