"""The records in the database.

    heads     name                    -> {current, previous, refused}
    versions  [name, sha256]          -> {manifest, digest, saved, whole, validator, seal}
    files     [name, sha256]          -> Blob, or Uint8Array
    chunks    [name, sha256, index]   -> Blob, or Uint8Array

`whole` holds `Version.is_complete` and `seal` holds `Version.block_digests`. Only the records have
these names: models that earlier releases stored under them have to load without a network.

Bytes are stored as Blobs: browsers store these as files, and read a large one several times as fast
as an array inside a record. Where Blobs are refused, bytes are stored as arrays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from js import Array, IDBKeyRange
from pyodide.ffi import to_js

from offline_onnx.browser.interop import js_object
from offline_onnx.errors import IntegrityError
from offline_onnx.storage.store import Head, Version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

VERSION = 2
HEADS, VERSIONS, FILES, CHUNKS = STORES = ("heads", "versions", "files", "chunks")
_LATEST = 1e11
"""Seconds since 1970 that `datetime` can still represent."""


def create_stores(js_database: Any) -> None:
    """Create the object stores of a new database."""
    for store in STORES:
        js_database.createObjectStore(store)


def key(*parts: str | int) -> Any:
    """Return a key of several parts."""
    return to_js(list(parts))


def below(*parts: str) -> Any:
    """Return the range of all keys that start with these parts and have more."""
    return IDBKeyRange.bound(to_js(list(parts)), to_js([*parts, []]))


def all_of(store: Callable[[str], Any], name: str) -> list[Any]:
    """Request a model's head, then the keys and records of its versions, then those of its files.

    `store` returns an object store by its name.
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
    """Return a model's records by the SHA-256 of their versions."""
    return {str(k[1]): js_record for k, js_record in zip(js_keys, js_records, strict=True)}


def drop(store: Callable[[str], Any], name: str, versions: Iterable[str]) -> list[Any]:
    """Request the deletion of versions, complete or not; `store` returns an object store."""
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
    """Return the record of a head."""
    return js_object(
        {"current": head.current, "previous": head.previous or "", "refused": list(head.refused)}
    )


def js_version(version: Version) -> Any:
    """Return the record of a version."""
    return js_object(
        {
            "manifest": version.manifest,
            "digest": version.digest,
            "saved": version.saved,
            "whole": version.is_complete,
            "validator": version.validator,
            "seal": version.block_digests,
        }
    )


def head_of(js_record: Any) -> Head:
    """Return the head in a record. Raises IntegrityError for other records."""
    current, previous = _field(js_record, "current", str), _field(js_record, "previous", str)
    js_refused = getattr(js_record, "refused", None)
    if js_refused is None or not Array.isArray(js_refused):
        raise IntegrityError.in_store("a record has another format")
    return Head(current, previous or None, tuple(map(str, js_refused)))


def version_of(js_record: Any) -> Version:
    """Return the version in a record; an impossible time becomes 1970.

    Raises IntegrityError for other records.
    """
    saved = _field(js_record, "saved", (int, float))
    return Version(
        manifest=_field(js_record, "manifest", str),
        digest=_field(js_record, "digest", str),
        saved=float(saved) if 0 <= saved < _LATEST else 0.0,
        is_complete=_field(js_record, "whole", bool),
        validator=_field(js_record, "validator", str),
        block_digests=_field(js_record, "seal", str),
    )


def _field(js_record: Any, name: str, kind: type | tuple[type, ...]) -> Any:
    value = getattr(js_record, name, None)
    if not isinstance(value, kind):
        raise IntegrityError.in_store(f"a record has no {name}")
    return value
