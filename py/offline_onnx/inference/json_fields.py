"""Read the fields of untrusted JSON and check their types.

Each error names the field that is missing or wrong.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

from offline_onnx.errors import ManifestError

MAX_LENGTH = 1 << 20
"""Maximum number of characters in the text that `Fields.of_json` accepts."""
MAX_DEPTH = 32
"""Maximum number of nested levels in a value that `Fields.of_json` accepts.

Functions that walk through the value, such as `dataclasses.asdict`, are recursive.
"""
_MAX_PARSED_DEPTH, _MAX_BRACKETS = 500, 100_000
"""Maximum depth of nesting, and maximum number of opening brackets, that `json.loads` may parse."""
# A string without its closing quote extends to the end of the text. The possessive quantifiers
# keep the search linear for such strings, too.
_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]++|\\.)*+"?+|[\[\]{}]', re.DOTALL)
_TEXT = re.compile(r"[^\0]+")


def is_unsafe_json(text: str) -> bool:
    """Return whether this JSON has too many nested levels or brackets to be parsed safely.

    Deep nesting can overflow the stack. In a browser, a stack overflow ends Python instead of
    raising RecursionError. Call this before each `json.loads` of stored or downloaded text.
    Brackets inside strings do not change the depth of nesting, but they count towards the maximum
    number of brackets.
    """
    if text.count("[") + text.count("{") > _MAX_BRACKETS:
        return True
    depth = 0
    for found in _STRING_OR_BRACKET.finditer(text):
        if found[0] in "[{":
            depth += 1
        elif found[0] in "]}":
            depth -= 1
        if depth > _MAX_PARSED_DEPTH:
            return True
    return False


class Fields:
    """The fields of one JSON object.

    Args:
        raw: the object.
        where: the object's name in error messages, such as "the manifest".

    """

    def __init__(self, raw: object, where: str) -> None:
        self._raw: dict[str, Any] = check_type(raw, dict, where)
        self._where = where

    @classmethod
    def of_json(cls, text: str, where: str) -> Fields:
        """Parse a JSON object. Raises ManifestError if it is invalid, too long or too nested."""
        if len(text) > MAX_LENGTH:
            raise ManifestError(f"{_capitalised(where)} has more than {MAX_LENGTH} characters.")
        unsafe = is_unsafe_json(text)
        try:
            raw = None
            if not unsafe:
                raw = json.loads(text, parse_constant=_parse_finite, parse_float=_parse_finite)
        except (ValueError, RecursionError) as error:
            raise ManifestError(f"{_capitalised(where)} is not JSON ({error}).") from error
        if unsafe or not _is_shallow(raw):
            raise ManifestError(
                f"{_capitalised(where)} has more than {MAX_DEPTH} nested levels, or more than "
                f"{_MAX_BRACKETS} brackets."
            )
        if not _is_unicode(raw):
            raise ManifestError(f"{_capitalised(where)} contains text that is not valid Unicode.")
        return cls(raw, where)

    def has(self, key: str) -> bool:
        """Return whether the object has this field."""
        return key in self._raw

    def value(self, key: str) -> Any:
        """Return a required field, of any type."""
        if key not in self._raw:
            raise ManifestError(f"{_capitalised(self._where)} has no `{key}`.")
        return self._raw[key]

    def text(self, key: str, pattern: re.Pattern[str] = _TEXT) -> str:
        """Return a string that matches the whole pattern."""
        value = str(check_type(self.value(key), str, self._name(key)))
        if not pattern.fullmatch(value):
            raise wrong_value_error(self._name(key), value)
        return value

    def count(self, key: str) -> int:
        """Return an integer from 1 to 2^53; JavaScript can't represent all larger integers."""
        value = int(check_type(self.value(key), int, self._name(key)))
        if not 1 <= value <= 2**53:
            raise wrong_value_error(self._name(key), value)
        return value

    def number(self, key: str) -> float:
        """Return a finite number, 0 or larger."""
        value = check_type(self.value(key), (int, float), self._name(key))
        try:
            number = float(value)
        except OverflowError as error:
            raise wrong_value_error(self._name(key), value) from error
        if not (math.isfinite(number) and number >= 0):
            raise wrong_value_error(self._name(key), value)
        return number

    def items(self, key: str, kind: type | tuple[type, ...]) -> list[Any]:
        """Return a list whose items all have the type `kind`."""
        values = check_type(self.value(key), list, self._name(key))
        return [check_type(value, kind, f"an item of {self._name(key)}") for value in values]

    def object(self, key: str) -> dict[str, Any]:
        """Return a nested JSON object."""
        return dict(check_type(self.value(key), dict, self._name(key)))

    def _name(self, key: str) -> str:
        return f"`{key}` in {self._where}"


def _capitalised(where: str) -> str:
    """Return a name as the beginning of a sentence; names of inputs keep their capital letters."""
    return where[:1].upper() + where[1:]


def _parse_finite(text: str) -> float:
    """Parse a number. Raises ValueError for NaN, Infinity and overflows such as 1e999."""
    if not math.isfinite(number := float(text)):
        raise ValueError(f"{text} is not a finite number")
    return number


def _is_shallow(raw: object) -> bool:
    """Return whether parsed JSON has at most MAX_DEPTH nested levels."""
    level = [raw]
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for outer in level
            if isinstance(outer, (list, dict))
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
    return not level


def _is_unicode(raw: object) -> bool:
    """Return whether parsed JSON can be encoded as UTF-8.

    It can't if a string has half of a surrogate pair, which JSON can write as an escape.
    """
    try:
        json.dumps(raw, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def check_type(value: Any, kind: type | tuple[type, ...], where: str) -> Any:
    """Return the value if it has the type `kind`, otherwise raise ManifestError.

    A bool is refused, because in Python it is also an int.
    """
    if not isinstance(value, kind) or isinstance(value, bool):
        raise wrong_value_error(where, value)
    return value


def wrong_value_error(where: str, value: object) -> ManifestError:
    """Return the error for the wrong value of a field.

    Args:
        where: the name of the field in the message.
        value: the wrong value.

    """
    return ManifestError(f"The value of {where} is wrong: {value!r:.60}.")
