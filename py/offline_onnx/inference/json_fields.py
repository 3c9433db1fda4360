"""Typed access to JSON from outside: each error names the field that is missing or wrong."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from offline_onnx.errors import ManifestError

LONGEST = 1 << 20
"""Characters of JSON above which it is refused."""
DEEPEST = 32
"""Levels of nesting above which JSON is refused: what walks through it recurses as deep."""
_UNSAFE, _MOST = 500, 100_000
"""Levels of open brackets, and open brackets in all, above which JSON is not parsed at all."""


def is_unsafe(text: str) -> bool:
    """Return whether parsing this JSON could overflow the stack.

    In a browser a stack overflow ends Python; there is no RecursionError. Call this before each
    `json.loads` of stored or foreign text. Brackets inside strings are counted as well.
    """
    if text.count("[") + text.count("{") > _MOST:
        return True
    depth = 0
    for bracket in re.finditer(r"[\[\]{}]", text):
        depth += 1 if bracket[0] in "[{" else -1
        if depth > _UNSAFE:
            return True
    return False


class Fields:
    """The fields of one JSON object.

    Args:
        raw: the object.
        where: how messages refer to it.

    """

    def __init__(self, raw: object, where: str) -> None:
        self._raw: dict[str, Any] = check(raw, dict, where)
        self._where = where

    @classmethod
    def of_json(cls, text: str, where: str) -> Fields:
        """Parse a JSON object. Raises ManifestError if it is invalid, too long or too deep."""
        if len(text) > LONGEST:
            raise ManifestError(f"{where.capitalize()} has more than {LONGEST} characters.")
        deep = is_unsafe(text)
        try:
            raw = None if deep else json.loads(text, parse_constant=_finite, parse_float=_finite)
        except (ValueError, RecursionError) as error:
            raise ManifestError(f"{where.capitalize()} is not JSON ({error}).") from error
        if deep or not _is_shallow(raw):
            raise ManifestError(f"{where.capitalize()} is nested more than {DEEPEST} deep.")
        if not _is_unicode(raw):
            raise ManifestError(f"{where.capitalize()} has half a character (a lone surrogate).")
        return cls(raw, where)

    def has(self, key: str) -> bool:
        """Return whether the object has this field."""
        return key in self._raw

    def value(self, key: str) -> Any:
        """Return a required field."""
        if key not in self._raw:
            raise ManifestError(f"{self._where.capitalize()} has no `{key}`.")
        return self._raw[key]

    def text(self, key: str, pattern: str = r"[^\0]+") -> str:
        """Return a string that matches the whole pattern."""
        value = str(check(self.value(key), str, self._name(key)))
        if not re.fullmatch(pattern, value):
            raise wrong(self._name(key), value)
        return value

    def count(self, key: str) -> int:
        """Return an integer from 1 to 2^53, the largest that JavaScript counts to."""
        value = int(check(self.value(key), int, self._name(key)))
        if not 1 <= value <= 2**53:
            raise wrong(self._name(key), value)
        return value

    def number(self, key: str) -> float:
        """Return a finite number that is not negative."""
        value = check(self.value(key), (int, float), self._name(key))
        try:
            number = float(value)
        except OverflowError as error:
            raise wrong(self._name(key), value) from error
        if not (math.isfinite(number) and number >= 0):
            raise wrong(self._name(key), value)
        return number

    def items(self, key: str, kind: type | tuple[type, ...]) -> list[Any]:
        """Return a list whose items all have the type `kind`."""
        values = check(self.value(key), list, self._name(key))
        return [check(value, kind, f"an item of {self._name(key)}") for value in values]

    def object(self, key: str) -> dict[str, Any]:
        """Return a nested JSON object."""
        return dict(check(self.value(key), dict, self._name(key)))

    def _name(self, key: str) -> str:
        return f"`{key}` in {self._where}"


def _finite(text: str) -> float:
    """Parse a number. Raises ValueError for NaN, Infinity and 1e999, which JSON can't hold."""
    if not math.isfinite(number := float(text)):
        raise ValueError(f"{text} is not a finite number")
    return number


def _is_shallow(raw: object) -> bool:
    level = [raw]
    for _ in range(DEEPEST):
        level = [
            inner
            for each in level
            if isinstance(each, (list, dict))
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
    return not level


def _is_unicode(raw: object) -> bool:
    """Return whether it can be written as UTF-8: JSON may escape half of a surrogate pair."""
    try:
        json.dumps(raw, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def check(value: Any, kind: type | tuple[type, ...], where: str) -> Any:
    """Return the value if it has the type `kind`; booleans don't count as numbers."""
    if not isinstance(value, kind) or isinstance(value, bool):
        raise wrong(where, value)
    return value


def wrong(where: str, value: object) -> ManifestError:
    """Return the error for a field's value."""
    return ManifestError(f"The value of {where} is wrong: {value!r:.60}.")
