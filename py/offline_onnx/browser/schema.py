"""The records in IndexedDB.

    heads     name                    -> {current, previous, refused}
    versions  [name, sha256]          -> {manifest, digest, saved, whole, validator, seal}
    files     [name, sha256]          -> Blob, or Uint8Array
    chunks    [name, sha256, index]   -> Blob, or Uint8Array

A record in `files` has the bytes of all files of a version, one after another.

`whole` holds `Version.is_complete` and `seal` holds `Version.block_digests`. The records have these
older names so that models stored by pages that are already published still load without a network.

Bytes are stored as Blobs. Browsers store a Blob as a file; reading a large Blob is several times as
fast as reading a Uint8Array. If the browser rejects Blobs, Uint8Arrays are stored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import js
from js import Array
from pyodide.ffi import to_js

from offline_onnx.browser.interop import js_object
from offline_onnx.errors import IntegrityError
from offline_onnx.storage.store import Head, Version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

VERSION = 2
"""The version of the object stores, as `indexedDB.open` expects it."""
HEADS, VERSIONS, FILES, CHUNKS = STORES = ("heads", "versions", "files", "chunks")
_MAX_TIME = 1e11
"""Upper limit of a stored time, in seconds since 1970; `datetime` can represent all below it."""


def create_stores(js_database: Any) -> None:
    """Create the object stores of a new database."""
    for store in STORES:
        js_database.createObjectStore(store)


def key(*parts: str | int) -> Any:
    """Return an IndexedDB key that consists of several parts."""
    return to_js(list(parts))


def keys_under(*parts: str) -> Any:
    """Return the range of all keys that start with these parts and have further parts."""
    return js.IDBKeyRange.bound(to_js(list(parts)), to_js([*parts, []]))


def request_model(js_store_of: Callable[[str], Any], name: str) -> list[Any]:
    """Request all records of a model, except its chunks.

    Args:
        js_store_of: returns an object store by its name.
        name: the name of the model.

    Returns:
        Requests for the head, the keys of the versions, the records of the versions, the keys of
        the files, and the records of the files.

    """
    return [
        js_store_of(HEADS).get(name),
        *(
            request
            for js_store in map(js_store_of, (VERSIONS, FILES))
            for request in (
                js_store.getAllKeys(keys_under(name)),
                js_store.getAll(keys_under(name)),
            )
        ),
    ]


def by_version(js_keys: Any, js_records: Any) -> dict[str, Any]:
    """Return the records of a model as a dict, by the SHA-256 in their keys."""
    return {str(k[1]): js_record for k, js_record in zip(js_keys, js_records, strict=True)}


def request_deletion(
    js_store_of: Callable[[str], Any], name: str, versions: Iterable[str]
) -> list[Any]:
    """Request the deletion of versions, with their files and chunks.

    Args:
        js_store_of: returns an object store by its name.
        name: the name of the model.
        versions: the SHA-256 of each version.

    Returns:
        The requests.

    """
    return [
        request
        for sha256 in versions
        for request in (
            js_store_of(VERSIONS).delete(key(name, sha256)),
            js_store_of(FILES).delete(key(name, sha256)),
            js_store_of(CHUNKS).delete(keys_under(name, sha256)),
        )
    ]


def request_deletion_of_others(
    js_store_of: Callable[[str], Any], name: str, head: Head
) -> list[Any]:
    """Request the deletion of all versions that a head does not name, with files and chunks.

    Args:
        js_store_of: returns an object store by its name.
        name: the name of the model.
        head: the head.

    Returns:
        The requests.

    """
    named = sorted(filter(None, {head.current, head.previous}))
    begins = [[name], *([name, sha256, []] for sha256 in named)]
    ends = [*([name, sha256] for sha256 in named), [name, []]]
    return [
        js_store_of(store).delete(js.IDBKeyRange.bound(to_js(begin), to_js(end), False, True))
        for store in (VERSIONS, FILES, CHUNKS)
        for begin, end in zip(begins, ends, strict=True)
    ]


def js_head(head: Head) -> Any:
    """Return the record for a head."""
    return js_object(
        {"current": head.current, "previous": head.previous or "", "refused": list(head.refused)}
    )


def js_version(version: Version) -> Any:
    """Return the record for a version."""
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
    """Return the head in a record. Raises IntegrityError if the record's format is unknown."""
    current, previous = _field(js_record, "current", str), _field(js_record, "previous", str)
    js_refused = getattr(js_record, "refused", None)
    if js_refused is None or not Array.isArray(js_refused):
        raise IntegrityError.in_store("a record has an unknown format")
    return Head(current, previous or None, tuple(map(str, js_refused)))


def version_of(js_record: Any) -> Version:
    """Return the version in a record. A time that is out of range becomes 0, which is 1970.

    Raises IntegrityError if the record's format is unknown.
    """
    saved = _field(js_record, "saved", (int, float))
    return Version(
        manifest=_field(js_record, "manifest", str),
        digest=_field(js_record, "digest", str),
        saved=float(saved) if 0 <= saved < _MAX_TIME else 0.0,
        is_complete=_field(js_record, "whole", bool),
        validator=_field(js_record, "validator", str),
        block_digests=_field(js_record, "seal", str),
    )


def _field(js_record: Any, name: str, kind: type | tuple[type, ...]) -> Any:
    value = getattr(js_record, name, None)
    if not isinstance(value, kind):
        raise IntegrityError.in_store(f"a record has no valid `{name}`")
    return value
