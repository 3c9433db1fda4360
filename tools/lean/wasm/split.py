"""A module in two: what a start calls, and the rest, which can come later.

Both halves have all functions, by the numbers that these had in the whole, so that no code has to
change: in place of a function that it does not have, a half calls the other half's, by its place in
a table that both use. The first half owns the memory, the tables, the tags and what globals can
change, and exports them for the rest. The last place in its table is for a function that links the
rest: it is called before any function of the rest, unless the global "rest:ready" is 1.

Binaryen's wasm-split does the same with a function of JavaScript for each function of the rest.
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
from tools.lean.wasm.module import assembled, export

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from tools.lean.wasm.module import Module

REST = "rest"
"""The place that the rest imports from; what the first half exports for it begins so."""
_SHARED = {Kind.TABLE: Section.TABLE, Kind.MEMORY: Section.MEMORY, Kind.TAG: Section.TAG}
_VOID = FUNCTION_TYPE + vector([]) + vector([])


def split(module: Module, called: Collection[int]) -> tuple[Module, Module]:
    """Give both halves. called: the numbers of the functions that are in the first.

    Raises BuildError for a module that is not as this needs it.
    """
    whole = _Whole(module, frozenset(called))
    return whole.first(), whole.rest()


@dataclass
class _Whole:
    module: Module
    called: frozenset[int]

    @cached_property
    def types(self) -> list[int]:
        """The type of each function."""
        return [Reader(item).uint() for item in self.module.items(Section.FUNCTION)]

    @cached_property
    def parameters(self) -> list[int]:
        """Of each type, how many a function is given."""
        return [Reader(item, 1).uint() for item in self.module.items(Section.TYPE)]

    @cached_property
    def left(self) -> list[int]:
        return sorted(set(range(len(self.types))) - self.called)

    @cached_property
    def table(self) -> int:
        """The length of the table, from where on the functions lie in it."""
        tables = self.module.items(Section.TABLE)
        if not tables or tables[0][:2] != FUNCTION_REFERENCES + b"\0":
            raise BuildError("the module has no table of functions that can grow.")
        return Reader(tables[0], 2).uint()

    @cached_property
    def places(self) -> dict[int, int]:
        order = [*sorted(self.called), *self.left]
        return {number: self.table + rank for rank, number in enumerate(order)}

    def first(self) -> Module:
        functions, types = len(self.types), self.module.items(Section.TYPE)
        first = self.module.imported(Kind.FUNCTION)
        ready = self.module.imported(Kind.GLOBAL) + len(self.module.items(Section.GLOBAL))
        ensure = first + functions
        last = self.table + functions
        codes = [
            item if number in self.called else self._elsewhere(number, CALL + uint(ensure))
            for number, item in enumerate(self.module.items(Section.CODE))
        ]
        ask = _indirect(last, len(types))
        codes.append(sized(body(GLOBAL_GET + uint(ready) + I32_EQZ + IF + NO_RESULT + ask + END)))
        exports = [export(name, kind, index) for name, kind, index, _ in self._shared()]
        more = {
            Section.TYPE: [_VOID],
            Section.FUNCTION: [uint(len(types))],
            Section.GLOBAL: [I32 + MUTABLE + constant(0)],
            Section.EXPORT: [*exports, export(f"{REST}:ready", Kind.GLOBAL, ready)],
            Section.ELEMENT: [self._elements(sorted(self.called))],
        }
        longer = FUNCTION_REFERENCES + b"\0" + uint(last + 1)
        tables = [longer, *self.module.items(Section.TABLE)[1:]]
        changed = {Section.TABLE: vector(tables), Section.CODE: vector(codes)}
        return self.module.adding(more).having(changed)

    def rest(self) -> Module:
        imports = [
            sized(REST.encode()) + sized(name.encode()) + bytes([kind]) + description
            for name, kind, _, description in self._shared()
        ]
        return assembled(
            {
                Section.TYPE: self.module.items(Section.TYPE),
                Section.IMPORT: [*self.module.items(Section.IMPORT), *imports],
                Section.FUNCTION: self.module.items(Section.FUNCTION),
                Section.GLOBAL: self.module.items(Section.GLOBAL)[self._changing() :],
                Section.ELEMENT: [self._elements(self.left)],
                Section.CODE: [
                    self._elsewhere(number) if number in self.called else item
                    for number, item in enumerate(self.module.items(Section.CODE))
                ],
            }
        )

    def _elsewhere(self, number: int, before: bytes = b"") -> bytes:
        """Write a function that calls the other half's."""
        kind = self.types[number]
        given = b"".join(LOCAL_GET + uint(index) for index in range(self.parameters[kind]))
        return sized(body(before + given + _indirect(self.places[number], kind)))

    def _elements(self, numbers: list[int]) -> bytes:
        """Write where functions lie in the table: in a row, at the place of the first."""
        first = self.module.imported(Kind.FUNCTION)
        place = self.places[numbers[0]] if numbers else 0
        return b"\0" + constant(place) + vector(uint(first + number) for number in numbers)

    def _shared(self) -> Iterator[tuple[str, int, int, bytes]]:
        """Give the name, kind, index and type of what the rest imports."""
        for kind, section in _SHARED.items():
            if self.module.imported(kind):
                raise BuildError("the module imports what it would have to share.")
            for number, item in enumerate(self.module.items(section)):
                yield f"{REST}:{kind}:{number}", kind, number, item
        first = self.module.imported(Kind.GLOBAL)
        changing = self.module.items(Section.GLOBAL)[: self._changing()]
        for number, item in enumerate(changing):
            yield f"{REST}:{Kind.GLOBAL}:{number}", Kind.GLOBAL, first + number, item[:2]

    def _changing(self) -> int:
        """Count the globals that can change. Raises BuildError unless they come first."""
        changing = [item[1:2] == MUTABLE for item in self.module.items(Section.GLOBAL)]
        if changing != sorted(changing, reverse=True):
            raise BuildError("the module has globals that can change behind some that can't.")
        return sum(changing)


def _indirect(place: int, kind: int) -> bytes:
    return I32_CONST + sint(place) + CALL_INDIRECT + uint(kind) + uint(0)
