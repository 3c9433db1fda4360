"""What lies in the database, and how an older form of it becomes this one.

    heads     name                    -> {current, previous, refused}
    versions  [name, sha256]          -> {manifest, digest, saved, whole, validator, seal}
    files     [name, sha256]          -> Blob, or Uint8Array
    chunks    [name, sha256, index]   -> Blob, or Uint8Array

Bytes are kept as Blobs: browsers keep these as files, and read a large one several times as fast
as an array inside a record (`python build.py bench`). Where Blobs are refused, they are arrays.
"""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from js import Array, IDBKeyRange
from pyodide.ffi import create_once_callable, to_js

from offline_onnx.browser.blobs import blob_of
from offline_onnx.browser.interop import js_object
from offline_onnx.errors import IntegrityError, ManifestError
from offline_onnx.storage.migrate import from_first_schema
from offline_onnx.storage.versions import Head, Version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

VERSION = 2
HEADS, VERSIONS, FILES, CHUNKS = STORES = ("heads", "versions", "files", "chunks")
_FIRST_STORE = "models"
_LATEST = 1e11  # seconds; beyond, no calendar goes


def upgrade(js_database: Any, js_transaction: Any, old: int) -> None:
    """Make the stores; take over what version 1, `name -> {manifest, content}`, has kept."""
    for store in STORES:
        js_database.createObjectStore(store)
    if old == 1:
        js_models = js_transaction.objectStore(_FIRST_STORE)
        js_names, js_records = js_models.getAllKeys(), js_models.getAll()

        def take_over(_js_event: Any) -> None:
            for name, js_record in zip(js_names.result, js_records.result, strict=True):
                _take_over(js_transaction, name, js_record)
            js_database.deleteObjectStore(_FIRST_STORE)

        js_records.onsuccess = create_once_callable(take_over)


def _take_over(js_transaction: Any, name: str, js_record: Any) -> None:
    manifest, js_content = (getattr(js_record, key, None) for key in ("manifest", "content"))
    if not isinstance(manifest, str) or not js_content:
        return
    try:
        sha256, version = from_first_schema(manifest, time.time())
    except ManifestError:
        return
    js_key = key(name, sha256)
    js_transaction.objectStore(FILES).put(blob_of(js_content), js_key)
    js_transaction.objectStore(VERSIONS).put(js_version(version), js_key)
    js_transaction.objectStore(HEADS).put(js_head(Head(sha256)), name)


def key(*parts: str | int) -> Any:
    """Make a key of several parts."""
    return to_js(list(parts))


def below(*parts: str) -> Any:
    """Make the range of all keys that begin with these parts and go on."""
    return IDBKeyRange.bound(to_js(list(parts)), to_js([*parts, []]))


def all_of(store: Callable[[str], Any], name: str) -> list[Any]:
    """Ask for a model's head, then the keys and the records of its versions, then of its files.

    store: gives an object store by its name.
    """
    return [
        store(HEADS).get(name),
        *(
            request
            for js_store in map(store, (VERSIONS, FILES))
            for request in (js_store.getAllKeys(below(name)), js_store.getAll(below(name)))
        ),
    ]


def by_version(js_keys: Any, js_records: Any) -> dict[str, Any]:
    """Sort a model's records by their versions."""
    return {str(k[1]): js_record for k, js_record in zip(js_keys, js_records, strict=True)}


def drop(store: Callable[[str], Any], name: str, versions: Iterable[str]) -> list[Any]:
    """Ask for the removal of versions, whole or not. store: gives an object store by its name."""
    return [
        request
        for sha256 in versions
        for request in (
            store(VERSIONS).delete(key(name, sha256)),
            store(FILES).delete(key(name, sha256)),
            store(CHUNKS).delete(below(name, sha256)),
        )
    ]


def js_head(head: Head) -> Any:
    """Make a head's record."""
    return js_object(
        {"current": head.current, "previous": head.previous or "", "refused": list(head.refused)}
    )


def js_version(version: Version) -> Any:
    """Make a version's record."""
    return js_object(asdict(version))


def head_of(js_record: Any) -> Head:
    """Read a head's record. Raises IntegrityError."""
    current, previous = _field(js_record, "current", str), _field(js_record, "previous", str)
    js_refused = getattr(js_record, "refused", None)
    if js_refused is None or not Array.isArray(js_refused):
        raise IntegrityError("the store", "a record has another form")
    return Head(current, previous or None, tuple(map(str, js_refused)))


def version_of(js_record: Any) -> Version:
    """Read a version's record; a time that is none becomes 1970. Raises IntegrityError.

    Records from before there were seals have none.
    """
    saved = _field(js_record, "saved", (int, float))
    return Version(
        manifest=_field(js_record, "manifest", str),
        digest=_field(js_record, "digest", str),
        saved=float(saved) if 0 <= saved < _LATEST else 0.0,
        whole=_field(js_record, "whole", bool),
        validator=_field(js_record, "validator", str),
        seal=_field(js_record, "seal", str) if hasattr(js_record, "seal") else "",
    )


def _field(js_record: Any, name: str, kind: type | tuple[type, ...]) -> Any:
    value = getattr(js_record, name, None)
    if not isinstance(value, kind):
        raise IntegrityError("the store", f"a record has no {name}")
    return value
