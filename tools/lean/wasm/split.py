"""Split a module into two: functions that a page load calls, and the rest, which is loaded later.

In both parts, every function has its original index, so that no code has to change. A function
whose code is in the other part is replaced by a stub, which calls it through a shared table. The
first part defines the memory, the tables, the tags and the mutable globals; the second part imports
them. The page puts a JavaScript function into the last slot of the table. This function compiles
and links the second part, and sets the global "rest:ready". As long as this global is 0, each stub
of the first part calls the function before anything else.

Binaryen's wasm-split is similar, but needs a JavaScript function for each function of the second
part.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from tools.console import BuildError
from tools.lean.wasm.format import (
    CALL,
    CALL_INDIRECT,
    END,
    FUNCTION_REFERENCES,
    FUNCTION_TYPE,
    GLOBAL_GET,
    I32,
    I32_CONST,
    I32_EQZ,
    IF,
    LOCAL_GET,
    MUTABLE,
    NO_RESULT,
    Kind,
    Reader,
    Section,
    body,
    constant,
    sint,
    sized,
    uint,
    vector,
)
from tools.lean.wasm.module import assemble, export

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from tools.lean.wasm.module import Module

REST = "rest"
"""The second part imports items from a module of this name. The first part exports these items
under names with this prefix, such as `rest:1:0`."""
_SHARED = {Kind.TABLE: Section.TABLE, Kind.MEMORY: Section.MEMORY, Kind.TAG: Section.TAG}
_VOID = FUNCTION_TYPE + vector([]) + vector([])
"""The type of a function without parameters and results."""


def split(module: Module, called: Collection[int]) -> tuple[Module, Module]:
    """Return the first and the second part of a module.

    Args:
        module: the module to split.
        called: the numbers of the functions whose code belongs in the first part. For these
            numbers, see `tools.lean.wasm`.

    Raises:
        BuildError: The module imports its memory, a table or a tag, has no table that can grow, or
            has a mutable global after a constant one.
    """
    splitter = _Splitter(module, frozenset(called))
    return splitter.first(), splitter.rest()


@dataclass
class _Splitter:
    """Splits a module.

    Attributes:
        module: the module.
        called: the numbers of the functions whose code belongs in the first part: see `split`.
    """

    module: Module
    called: frozenset[int]

    @cached_property
    def types(self) -> list[int]:
        """Return the index of each function's type."""
        return [Reader(item).uint() for item in self.module.items(Section.FUNCTION)]

    @cached_property
    def parameters(self) -> list[int]:
        """Return the number of parameters of each type."""
        return [Reader(item, 1).uint() for item in self.module.items(Section.TYPE)]

    @cached_property
    def uncalled(self) -> list[int]:
        """Return the numbers of the functions whose code belongs in the second part."""
        return sorted(set(range(len(self.types))) - self.called)

    @cached_property
    def table_length(self) -> int:
        """Return the length of the table before functions are appended."""
        tables = self.module.items(Section.TABLE)
        if not tables or tables[0][:2] != FUNCTION_REFERENCES + b"\0":
            raise BuildError("the module has no table of functions that can grow.")
        return Reader(tables[0], 2).uint()

    @cached_property
    def slots(self) -> dict[int, int]:
        """Return the table slot of each function, by the function's number."""
        order = [*sorted(self.called), *self.uncalled]
        return {number: self.table_length + rank for rank, number in enumerate(order)}

    def first(self) -> Module:
        """Return the first part, with the functions that a page load calls."""
        functions, types = len(self.types), self.module.items(Section.TYPE)
        imported_functions = self.module.count_imports(Kind.FUNCTION)
        ready = self.module.count_imports(Kind.GLOBAL) + len(self.module.items(Section.GLOBAL))
        ensure_linked = imported_functions + functions
        last_slot = self.table_length + functions
        codes = [
            item if number in self.called else self._stub(number, CALL + uint(ensure_linked))
            for number, item in enumerate(self.module.items(Section.CODE))
        ]
        # The code of `ensure_linked`: call the page's function, unless the second part is linked.
        link = _indirect(last_slot, len(types))
        codes.append(sized(body(GLOBAL_GET + uint(ready) + I32_EQZ + IF + NO_RESULT + link + END)))
        exports = [export(name, kind, index) for name, kind, index, _ in self._shared()]
        added = {
            Section.TYPE: [_VOID],
            Section.FUNCTION: [uint(len(types))],
            Section.GLOBAL: [I32 + MUTABLE + constant(0)],
            Section.EXPORT: [*exports, export(f"{REST}:ready", Kind.GLOBAL, ready)],
            Section.ELEMENT: [self._elements(sorted(self.called))],
        }
        longer_table = FUNCTION_REFERENCES + b"\0" + uint(last_slot + 1)
        tables = [longer_table, *self.module.items(Section.TABLE)[1:]]
        changed = {Section.TABLE: vector(tables), Section.CODE: vector(codes)}
        return self.module.with_items(added).with_sections(changed)

    def rest(self) -> Module:
        """Return the second part, with the functions that a page load does not call."""
        imports = [
            sized(REST.encode()) + sized(name.encode()) + bytes([kind]) + description
            for name, kind, _, description in self._shared()
        ]
        return assemble(
            {
                Section.TYPE: self.module.items(Section.TYPE),
                Section.IMPORT: [*self.module.items(Section.IMPORT), *imports],
                Section.FUNCTION: self.module.items(Section.FUNCTION),
                Section.GLOBAL: self.module.items(Section.GLOBAL)[self._count_mutable() :],
                Section.ELEMENT: [self._elements(self.uncalled)],
                Section.CODE: [
                    self._stub(number) if number in self.called else item
                    for number, item in enumerate(self.module.items(Section.CODE))
                ],
            }
        )

    def _stub(self, number: int, before: bytes = b"") -> bytes:
        """Return a stub that runs the code `before`, then calls the original function."""
        type_index = self.types[number]
        arguments = b"".join(
            LOCAL_GET + uint(index) for index in range(self.parameters[type_index])
        )
        return sized(body(before + arguments + _indirect(self.slots[number], type_index)))

    def _elements(self, numbers: list[int]) -> bytes:
        """Return an element segment that writes functions into consecutive slots of the table."""
        imported = self.module.count_imports(Kind.FUNCTION)
        slot = self.slots[numbers[0]] if numbers else 0
        return b"\0" + constant(slot) + vector(uint(imported + number) for number in numbers)

    def _shared(self) -> Iterator[tuple[str, int, int, bytes]]:
        """Yield the name, kind, index and type of each import of the second part from the first."""
        for kind, section in _SHARED.items():
            if self.module.count_imports(kind):
                raise BuildError(
                    "the module imports a table, a memory or a tag, which its first part has to "
                    "define."
                )
            for number, item in enumerate(self.module.items(section)):
                yield f"{REST}:{kind}:{number}", kind, number, item
        imported = self.module.count_imports(Kind.GLOBAL)
        mutable = self.module.items(Section.GLOBAL)[: self._count_mutable()]
        for number, item in enumerate(mutable):
            yield f"{REST}:{Kind.GLOBAL}:{number}", Kind.GLOBAL, imported + number, item[:2]

    def _count_mutable(self) -> int:
        """Return the number of mutable globals.

        Raises:
            BuildError: A mutable global follows a constant one.
        """
        mutable = [item[1:2] == MUTABLE for item in self.module.items(Section.GLOBAL)]
        if mutable != sorted(mutable, reverse=True):
            raise BuildError("the module has a mutable global after a constant one.")
        return sum(mutable)


def _indirect(slot: int, type_index: int) -> bytes:
    """Return code that calls the function in a table slot. type_index: of the function's type."""
    return I32_CONST + sint(slot) + CALL_INDIRECT + uint(type_index) + uint(0)
