"""The store of models in IndexedDB; `schema` describes its records."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from js import Blob

from offline_onnx.browser import schema
from offline_onnx.browser.database import (
    BlobWriter,
    Database,
    blob_of,
    bytes_of,
    patience_for,
)
from offline_onnx.browser.interop import lock
from offline_onnx.browser.quota import StoredNotes, storage_info
from offline_onnx.errors import IntegrityError, StoreError
from offline_onnx.storage.store import CurrentVersion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from contextlib import AbstractAsyncContextManager

    from offline_onnx.storage.store import Head, Version


class IndexedDBStore:
    """A Store of Uint8Arrays.

    Args:
        database: its name in this origin.

    """

    def __init__(self, database: str) -> None:
        self._prefix = f"offline-onnx:{database}:"
        self._database = Database(database, schema.VERSION, schema.create_stores)
        self._notes = StoredNotes(self._prefix)
        self._blobs = BlobWriter()

    def lock(self, name: str) -> AbstractAsyncContextManager[None]:
        """Hold the exclusive right to change a model, among all tabs; see `interop.lock`."""
        return lock(self._prefix + name)

    async def free_bytes(self) -> int | None:
        """Return how many more bytes this site may store; None if unknown."""
        return (await storage_info()).room

    async def was_stored(self, name: str) -> bool:
        """Return whether a model was stored and not removed on purpose."""
        return self._notes.has(name)

    async def current(self, name: str) -> CurrentVersion[Any] | None:
        """Return the current version, read in one transaction. Raises IntegrityError."""
        js_record, *js_found = await self._database.transact(
            (schema.HEADS, schema.VERSIONS, schema.FILES),
            "readonly",
            lambda store: schema.all_of(store, name),
        )
        if js_record is None:
            return None
        head = schema.head_of(js_record)
        js_versions, js_files = schema.by_version(*js_found[:2]), schema.by_version(*js_found[2:])
        version = None
        with suppress(IntegrityError):
            version = schema.version_of(js_versions.get(head.current))
        return CurrentVersion(head, version, lambda: bytes_of(js_files.get(head.current)))

    async def heads(self) -> dict[str, Head]:
        """Return the head of every name; records in another format are left out."""
        js_names, js_records = await self._read(
            schema.HEADS, lambda js_store: (js_store.getAllKeys(), js_store.getAll())
        )
        heads = {}
        for name, js_record in zip(js_names, js_records, strict=True):
            with suppress(IntegrityError):
                heads[str(name)] = schema.head_of(js_record)
        return heads

    async def set_head(self, name: str, head: Head) -> None:
        """Replace the head and delete other versions, in one transaction."""
        others = await self._others(name, head)
        await self._write(
            lambda store: [
                store(schema.HEADS).put(schema.js_head(head), name),
                *schema.drop(store, name, others),
            ]
        )

    async def version(self, name: str, sha256: str) -> Version | None:
        """Return a version's record. Raises IntegrityError if it has another format."""
        js_record = await self._get(schema.VERSIONS, name, sha256)
        return None if js_record is None else schema.version_of(js_record)

    async def put_version(self, name: str, sha256: str, version: Version) -> None:
        """Store a version's record."""
        await self._write(
            lambda store: [
                store(schema.VERSIONS).put(schema.js_version(version), schema.key(name, sha256))
            ]
        )

    async def content(self, name: str, sha256: str) -> Any | None:
        """Return a complete version's bytes as a Uint8Array. Raises IntegrityError."""
        return await bytes_of(await self._get(schema.FILES, name, sha256))

    async def chunk(self, name: str, sha256: str, index: int) -> Any | None:
        """Return a chunk's bytes as a Uint8Array. Raises IntegrityError."""
        return await bytes_of(await self._get(schema.CHUNKS, name, sha256, index))

    async def put_chunks(self, name: str, sha256: str, chunks: Mapping[int, Any]) -> None:
        """Store copies of chunks, in one transaction."""
        await self._write_bytes(
            list(map(blob_of, chunks.values())),
            lambda store, js_stored: [
                store(schema.CHUNKS).put(js_chunk, schema.key(name, sha256, index))
                for index, js_chunk in zip(chunks, js_stored, strict=True)
            ],
        )

    async def commit(self, name: str, sha256: str, version: Version, head: Head) -> None:
        """Join the chunks to one file and make it current, in one transaction."""
        (js_chunks,) = await self._read(
            schema.CHUNKS, lambda js_store: [js_store.getAll(schema.below(name, sha256))]
        )
        js_file, size = Blob.new(js_chunks), version.read().size
        if js_file.size != size:
            raise StoreError(f"Only {js_file.size} of {size} stored bytes are left.")
        others = await self._others(name, head)
        await self._write_bytes(
            [js_file],
            lambda store, js_stored: [
                store(schema.FILES).put(js_stored[0], schema.key(name, sha256)),
                store(schema.VERSIONS).put(schema.js_version(version), schema.key(name, sha256)),
                store(schema.HEADS).put(schema.js_head(head), name),
                store(schema.CHUNKS).delete(schema.below(name, sha256)),
                *schema.drop(store, name, others),
            ],
        )
        self._notes.add(name)

    async def discard(self, name: str, sha256: str) -> None:
        """Delete a version and its chunks."""
        await self._write(lambda store: schema.drop(store, name, [sha256]))

    async def remove(self, name: str) -> None:
        """Delete everything under the name."""
        self._notes.remove(name)
        await self._write(
            lambda store: [
                store(schema.HEADS).delete(name),
                *(store(s).delete(schema.below(name)) for s in schema.STORES[1:]),
            ]
        )

    async def _others(self, name: str, head: Head) -> list[str]:
        """Return the stored versions that the head does not name."""
        (js_keys,) = await self._read(
            schema.VERSIONS, lambda js_store: [js_store.getAllKeys(schema.below(name))]
        )
        return [js_key[1] for js_key in js_keys if js_key[1] not in (head.current, head.previous)]

    async def _get(self, store: str, *parts: str | int) -> Any:
        """Return one record; None if there is none."""
        (js_record,) = await self._read(store, lambda js_store: [js_store.get(schema.key(*parts))])
        return js_record

    async def _read(self, store: str, ask: Callable[[Any], Iterable[Any]]) -> list[Any]:
        return await self._database.transact(
            [store], "readonly", lambda js_store_of: ask(js_store_of(store))
        )

    async def _write_bytes(
        self, js_blobs: list[Any], queue: Callable[[Any, list[Any]], Any]
    ) -> None:
        """Run a transaction that stores bytes; see `BlobWriter`."""
        size = sum(int(js_blob.size) for js_blob in js_blobs)
        await self._blobs.write(
            js_blobs, lambda js_stored: self._write(lambda store: queue(store, js_stored), size)
        )

    async def _write(self, queue: Callable[[Any], Iterable[Any]], size: int = 0) -> None:
        """Run a transaction that writes; how long it may take depends on the bytes (`size`)."""
        await self._database.transact(schema.STORES, "readwrite", queue, patience_for(size))
