"""The taught examples in IndexedDB: a database of their own, which no model's update touches."""

from __future__ import annotations

import binascii
from typing import TYPE_CHECKING, Any

from js import Uint8Array

from digits.page.device.other_tabs import tell_others
from digits.reading.examples import Example, ExamplesError
from offline_onnx.browser.database import Database
from offline_onnx.browser.interop import js_object

if TYPE_CHECKING:
    from collections.abc import Mapping

DATABASE, VERSION, STORE = "offline-digits-taught", 1, "examples"
"""The database's name is also what other tabs are told under that examples have changed."""


class ExampleStore:
    """Examples by number. A record holds label, pixels, and the CRC-32 of both."""

    def __init__(self) -> None:
        self._database = Database(DATABASE, VERSION, _upgrade)

    async def load(self) -> tuple[dict[int, Example], int]:
        """Give the examples, oldest first, and how many damaged ones were thrown away.

        Raises StoreError.
        """
        js_keys, js_records = await self._database.transact(
            [STORE],
            "readonly",
            lambda store: (store(STORE).getAllKeys(), store(STORE).getAll()),
        )
        examples, damaged = {}, []
        for key, js_record in zip(js_keys, js_records, strict=True):
            try:
                examples[int(key)] = _example(js_record)
            except (ExamplesError, AttributeError, TypeError, ValueError):
                damaged.append(key)
        if damaged:
            await self._database.transact(
                [STORE], "readwrite", lambda store: [store(STORE).delete(key) for key in damaged]
            )
        return examples, len(damaged)

    async def change(self, removed: Mapping[int, Example], added: Mapping[int, Example]) -> None:
        """Take some examples out and put others in: all of it or nothing. Raises StoreError.

        The other tabs are told.
        """
        await self._database.transact(
            [STORE],
            "readwrite",
            lambda store: [
                *(store(STORE).delete(key) for key in removed),
                *(store(STORE).put(_js_record(example), key) for key, example in added.items()),
            ],
        )
        tell_others(DATABASE)


def _upgrade(js_database: Any, _: Any, before: int) -> None:
    if not before:
        js_database.createObjectStore(STORE)


def _check(label: str, pixels: bytes) -> int:
    return binascii.crc32(label.encode() + pixels)


def _js_record(example: Example) -> Any:
    js_pixels = Uint8Array.new(len(example.pixels))
    js_pixels.assign(example.pixels)
    return js_object(
        {
            "label": example.label,
            "pixels": js_pixels,
            "check": _check(example.label, example.pixels),
        }
    )


def _example(js_record: Any) -> Example:
    label, pixels = str(js_record.label), js_record.pixels.to_bytes()
    if js_record.check != _check(label, pixels):
        raise ExamplesError("its check does not fit")
    return Example(label, pixels)
