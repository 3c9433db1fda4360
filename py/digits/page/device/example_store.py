"""Store taught examples in IndexedDB, in a database that is separate from the model's."""

from __future__ import annotations

import binascii
from typing import TYPE_CHECKING, Any

from js import Uint8Array
from pyodide.ffi import JsException

from digits.drawing.raster import SIDE
from digits.page.device.other_tabs import notify_other_tabs
from digits.reading.examples import Example, ExamplesError
from offline_onnx.browser.database import Database
from offline_onnx.browser.interop import js_object

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digits.teaching import Examples

DATABASE, VERSION, STORE = "offline-digits-taught", 1, "examples"
"""The name and version of the database, and the name of its object store.

The name of the database is also the key in localStorage that notifies other tabs of changes.
"""


class IndexedDBExamples:
    """Implements `ExampleStore`. A record has the label, the pixels, and a CRC-32 of both."""

    def __init__(self) -> None:
        self._database = Database(DATABASE, VERSION, _create_store)

    async def load(self) -> tuple[Examples, list[object]]:
        """Return the stored examples, oldest first, and the keys of unreadable ones."""
        js_keys, js_records = await self._database.transact(
            [STORE],
            "readonly",
            lambda js_store_of: (js_store_of(STORE).getAllKeys(), js_store_of(STORE).getAll()),
        )
        examples: Examples = {}
        unreadable: list[object] = []
        for key, js_record in zip(js_keys, js_records, strict=True):
            try:
                examples[_checked_key(key)] = _example(js_record)
            except (ExamplesError, AttributeError, JsException):
                unreadable.append(key)
        return examples, unreadable

    async def change(self, removed: Iterable[object], added: Examples) -> None:
        """Delete and store examples in one transaction, then notify the other tabs."""
        await self._database.transact(
            [STORE],
            "readwrite",
            lambda js_store_of: [
                *(js_store_of(STORE).delete(key) for key in removed),
                *(
                    js_store_of(STORE).put(_js_record(example), key)
                    for key, example in added.items()
                ),
            ],
        )
        notify_other_tabs(DATABASE)


def _create_store(js_database: Any) -> None:
    js_database.createObjectStore(STORE)


def _checksum(label: str, pixels: bytes) -> int:
    return binascii.crc32(label.encode() + pixels)


def _js_record(example: Example) -> Any:
    js_pixels = Uint8Array.new(len(example.pixels))
    js_pixels.assign(example.pixels)
    return js_object(
        {
            "label": example.label,
            "pixels": js_pixels,
            "check": _checksum(example.label, example.pixels),
        }
    )


def _checked_key(key: object) -> int:
    if not isinstance(key, int):
        raise ExamplesError("its key is not a number")
    return key


def _example(js_record: Any) -> Example:
    """Return the example in a record, which may be damaged."""
    label, js_pixels = js_record.label, js_record.pixels
    if not isinstance(label, str) or js_pixels.byteLength != SIDE * SIDE:
        raise ExamplesError("its label or its pixels are invalid")
    pixels = js_pixels.to_bytes()
    if js_record.check != _checksum(label, pixels):
        raise ExamplesError("its checksum does not match")
    return Example(label, pixels)
