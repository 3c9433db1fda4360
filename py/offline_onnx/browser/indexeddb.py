"""Keep models in IndexedDB; see `schema` for what lies where."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from js import Blob

from offline_onnx.browser.blobs import blob_of, bytes_of, patience_for
from offline_onnx.browser.database import Database
from offline_onnx.browser.locks import lock
from offline_onnx.browser.schema import (
    CHUNKS,
    FILES,
    HEADS,
    STORES,
    VERSION,
    VERSIONS,
    below,
    head_of,
    js_head,
    js_version,
    key,
    upgrade,
    version_of,
)
from offline_onnx.browser.storage import Notes, storage_info
from offline_onnx.errors import IntegrityError, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from contextlib import AbstractAsyncContextManager

    from offline_onnx.versions import Head, Version


class IndexedDBStore:
    """A Store of Uint8Arrays. database: its name in this origin."""

    def __init__(self, database: str) -> None:
        self._prefix = f"offline-onnx:{database}:"
        self._database = Database(database, VERSION, upgrade)
        self._notes = Notes(self._prefix)

    def lock(self, name: str) -> AbstractAsyncContextManager[None]:
        """Hold the right to change a model, among all tabs; see `locks.lock`."""
        return lock(self._prefix + name)

    async def room(self) -> int | None:
        """Tell how many bytes the browser would still take, if it tells."""
        info = await storage_info()
        return None if info.quota is None or info.usage is None else info.quota - info.usage

    async def was_kept(self, name: str) -> bool:
        """Tell whether it was kept and not removed by us: then the browser has evicted it."""
        return self._notes.has(name)

    async def heads(self) -> dict[str, Head]:
        """Give what is in use under each name; records of another form are left out."""
        js_names, js_records = await self._read(
            HEADS, lambda js_store: (js_store.getAllKeys(), js_store.getAll())
        )
        heads = {}
        for name, js_record in zip(js_names, js_records, strict=True):
            with suppress(IntegrityError):
                heads[str(name)] = head_of(js_record)
        return heads

    async def set_head(self, name: str, head: Head) -> None:
        """Put a version in use, in one transaction."""
        others = await self._others(name, head)
        await self._write(
            lambda store: [
                store(HEADS).put(js_head(head), name),
                *_drop(store, name, others),
            ]
        )

    async def version(self, name: str, sha256: str) -> Version | None:
        """Give a version's record. Raises IntegrityError if it is none."""
        (js_record,) = await self._read(
            VERSIONS, lambda js_store: [js_store.get(key(name, sha256))]
        )
        return None if js_record is None else version_of(js_record)

    async def describe(self, name: str, sha256: str, version: Version) -> None:
        """Write a version's record."""
        await self._write(
            lambda store: [store(VERSIONS).put(js_version(version), key(name, sha256))]
        )

    async def content(self, name: str, sha256: str) -> Any | None:
        """Give a whole version's bytes as a Uint8Array. Raises IntegrityError."""
        (js_blob,) = await self._read(FILES, lambda js_store: [js_store.get(key(name, sha256))])
        return None if js_blob is None else await bytes_of(js_blob)

    async def chunk(self, name: str, sha256: str, index: int) -> Any | None:
        """Give a chunk's bytes as a Uint8Array. Raises IntegrityError."""
        (js_blob,) = await self._read(
            CHUNKS, lambda js_store: [js_store.get(key(name, sha256, index))]
        )
        return None if js_blob is None else await bytes_of(js_blob)

    async def put_chunks(self, name: str, sha256: str, chunks: Mapping[int, Any]) -> None:
        """Store chunks, of which copies are made, in one transaction."""
        js_blobs = {index: blob_of(js_chunk) for index, js_chunk in chunks.items()}
        await self._write(
            lambda store: [
                store(CHUNKS).put(js_blob, key(name, sha256, index))
                for index, js_blob in js_blobs.items()
            ],
            sum(int(js_blob.size) for js_blob in js_blobs.values()),
        )

    async def commit(self, name: str, sha256: str, version: Version, head: Head) -> None:
        """Make one file of the chunks and put it in use, in one transaction."""
        (js_blobs,) = await self._read(
            CHUNKS, lambda js_store: [js_store.getAll(below(name, sha256))]
        )
        js_file, size = Blob.new(js_blobs), version.read().size
        if js_file.size != size:
            raise StoreError(f"Of {size} stored bytes {js_file.size} are left: the rest is gone.")
        others = await self._others(name, head)
        await self._write(
            lambda store: [
                store(FILES).put(js_file, key(name, sha256)),
                store(VERSIONS).put(js_version(version), key(name, sha256)),
                store(HEADS).put(js_head(head), name),
                store(CHUNKS).delete(below(name, sha256)),
                *_drop(store, name, others),
            ],
            size,
        )
        self._notes.add(name)

    async def discard(self, name: str, sha256: str) -> None:
        """Remove a version and its chunks."""
        await self._write(lambda store: _drop(store, name, [sha256]))

    async def remove(self, name: str) -> None:
        """Remove all under the name."""
        self._notes.remove(name)
        await self._write(
            lambda store: [
                store(HEADS).delete(name),
                *(store(s).delete(below(name)) for s in STORES[1:]),
            ]
        )

    async def _others(self, name: str, head: Head) -> list[str]:
        """Name the versions that a head does not."""
        (js_keys,) = await self._read(VERSIONS, lambda js_store: [js_store.getAllKeys(below(name))])
        return [js_key[1] for js_key in js_keys if js_key[1] not in (head.current, head.previous)]

    async def _read(self, store: str, ask: Callable[[Any], Iterable[Any]]) -> list[Any]:
        return await self._database.transact(
            [store], "readonly", lambda js_store_of: ask(js_store_of(store))
        )

    async def _write(self, queue: Callable[[Any], Iterable[Any]], size: int = 0) -> None:
        """Change anything in one transaction. size: how many bytes, for the time that it takes."""
        await self._database.transact(STORES, "readwrite", queue, patience_for(size))


def _drop(store: Callable[[str], Any], name: str, versions: Iterable[str]) -> list[Any]:
    return [
        request
        for sha256 in versions
        for request in (
            store(VERSIONS).delete(key(name, sha256)),
            store(FILES).delete(key(name, sha256)),
            store(CHUNKS).delete(below(name, sha256)),
        )
    ]
