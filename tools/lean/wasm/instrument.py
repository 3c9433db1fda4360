"""Modules that tell what they do."""

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


def telling_globals(module: Module) -> Module:
    """Export each of the module's own globals, by the name "global:" and its number."""
    first = module.imported(Kind.GLOBAL)
    names = range(len(module.items(Section.GLOBAL)))
    exports = [export(f"global:{number}", Kind.GLOBAL, first + number) for number in names]
    return module.adding({Section.EXPORT: exports})


def telling_calls(module: Module) -> Module:
    """Export a global for each function, "called:" and its number: 1 once it is called.

    Only the code is longer; the memory and every index are as they were.
    """
    first = module.imported(Kind.GLOBAL) + len(module.items(Section.GLOBAL))
    bodies = [_telling(body, first + n) for n, body in enumerate(module.items(Section.CODE))]
    numbers = range(len(bodies))
    exports = [export(f"{CALLED}{number}", Kind.GLOBAL, first + number) for number in numbers]
    flags = [I32 + MUTABLE + constant(0)] * len(bodies)
    longer = module.adding({Section.GLOBAL: flags, Section.EXPORT: exports})
    return longer.having({Section.CODE: vector(bodies)})


def _telling(body: bytes, flag: int) -> bytes:
    reader = Reader(body)
    reader.uint()
    start = reader.at
    for _ in range(reader.uint()):  # locals
        reader.uint()
        reader.byte()
    call = I32_CONST + sint(1) + GLOBAL_SET + uint(flag)
    return sized(body[start : reader.at] + call + body[reader.at :])
