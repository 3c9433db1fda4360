"""The Store in IndexedDB. `schema` describes its records."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from offline_onnx.browser import schema
from offline_onnx.browser.database import (
    BlobWriter,
    Database,
    blob_of,
    bytes_of,
    timeout_for,
)
from offline_onnx.browser.interop import lock
from offline_onnx.browser.quota import StoredNotes, free_bytes
from offline_onnx.errors import IntegrityError
from offline_onnx.storage.store import CurrentVersion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from contextlib import AbstractAsyncContextManager

    from offline_onnx.storage.store import Head, Version


class IndexedDBStore:
    """Implements the protocol `Store`, for bytes in Uint8Arrays.

    Args:
        database: the name of the IndexedDB database in this origin.

    """

    def __init__(self, database: str) -> None:
        self._prefix = f"offline-onnx:{database}:"
        self._database = Database(database, schema.VERSION, schema.create_stores)
        self._notes = StoredNotes(self._prefix)
        self._blobs = BlobWriter()

    def lock(self, name: str) -> AbstractAsyncContextManager[None]:
        """Hold the Web Lock of a name, which all tabs of the origin share.

        In a browser without Web Locks, or if the browser refuses the lock, there is no lock.
        """
        return lock(self._prefix + name)

    async def free_bytes(self) -> int | None:
        """Return the number of bytes that this site can still store; None if unknown."""
        return await free_bytes()

    async def was_stored(self, name: str) -> bool:
        """Return whether a model was stored under the name and not removed by this library."""
        return self._notes.has(name)

    async def current(self, name: str) -> CurrentVersion[Any] | None:
        """Return the current version; see `Store.current`. Raises IntegrityError."""
        js_record, *js_found = await self._database.transact(
            (schema.HEADS, schema.VERSIONS, schema.FILES),
            "readonly",
            lambda js_store_of: schema.request_model(js_store_of, name),
        )
        if js_record is None:
            return CurrentVersion(None, None, _no_bytes) if js_found[0].length else None
        head = schema.head_of(js_record)
        js_versions, js_files = schema.by_version(*js_found[:2]), schema.by_version(*js_found[2:])
        version = None
        with suppress(IntegrityError):
            version = schema.version_of(js_versions.get(head.current))
        return CurrentVersion(head, version, lambda: bytes_of(js_files.get(head.current)))

    async def heads(self) -> dict[str, Head]:
        """Return the head of every name, without records of an unknown format."""
        js_names, js_records = await self._read(
            schema.HEADS, lambda js_store: (js_store.getAllKeys(), js_store.getAll())
        )
        heads = {}
        for name, js_record in zip(js_names, js_records, strict=True):
            with suppress(IntegrityError):
                heads[str(name)] = schema.head_of(js_record)
        return heads

    async def set_head(self, name: str, head: Head) -> None:
        """Replace the head, and delete the versions that it does not name, in one transaction."""
        await self._write(
            lambda js_store_of: [
                js_store_of(schema.HEADS).put(schema.js_head(head), name),
                *schema.request_deletion_of_others(js_store_of, name, head),
            ]
        )

    async def version(self, name: str, sha256: str) -> Version | None:
        """Return the record of a version. Raises IntegrityError if its format is unknown."""
        js_record = await self._get(schema.VERSIONS, name, sha256)
        return None if js_record is None else schema.version_of(js_record)

    async def put_version(self, name: str, sha256: str, version: Version) -> None:
        """Store the record of a version."""
        await self._write(
            lambda js_store_of: [
                js_store_of(schema.VERSIONS).put(
                    schema.js_version(version), schema.key(name, sha256)
                )
            ]
        )

    async def content(self, name: str, sha256: str) -> Any | None:
        """Return the bytes of a version as a Uint8Array. Raises IntegrityError."""
        return await bytes_of(await self._get(schema.FILES, name, sha256))

    async def chunk(self, name: str, sha256: str, index: int) -> Any | None:
        """Return the bytes of a chunk as a Uint8Array. Raises IntegrityError."""
        return await bytes_of(await self._get(schema.CHUNKS, name, sha256, index))

    def staged(self, js_content: Any) -> Any:
        """Return a Blob with a copy of the bytes. Browsers keep it outside of the page's memory."""
        return blob_of([js_content])

    async def put_chunks(self, name: str, sha256: str, chunks: Mapping[int, Any]) -> None:
        """Store chunks, in one transaction."""
        await self._write_bytes(
            list(chunks.values()),
            lambda js_store_of, js_stored: [
                js_store_of(schema.CHUNKS).put(js_chunk, schema.key(name, sha256, index))
                for index, js_chunk in zip(chunks, js_stored, strict=True)
            ],
        )

    async def put_content(
        self, name: str, sha256: str, version: Version, js_parts: Sequence[Any]
    ) -> None:
        """Store the joined bytes as one file, and the record, in one transaction."""
        await self._write_bytes(
            [blob_of(js_parts)],
            lambda js_store_of, js_stored: [
                js_store_of(schema.FILES).put(js_stored[0], schema.key(name, sha256)),
                js_store_of(schema.VERSIONS).put(
                    schema.js_version(version), schema.key(name, sha256)
                ),
            ],
        )

    async def commit(self, name: str, sha256: str, version: Version, head: Head) -> None:
        """Make a stored version the current one, in one transaction; see `Store.commit`."""
        await self._write(
            lambda js_store_of: [
                js_store_of(schema.VERSIONS).put(
                    schema.js_version(version), schema.key(name, sha256)
                ),
                js_store_of(schema.HEADS).put(schema.js_head(head), name),
                js_store_of(schema.CHUNKS).delete(schema.keys_under(name, sha256)),
                *schema.request_deletion_of_others(js_store_of, name, head),
            ],
        )
        self._notes.add(name)

    async def discard(self, name: str, sha256: str) -> None:
        """Delete a version and its chunks."""
        await self._write(lambda js_store_of: schema.request_deletion(js_store_of, name, [sha256]))

    async def remove(self, name: str) -> None:
        """Delete everything under the name."""
        self._notes.remove(name)
        await self._write(
            lambda js_store_of: [
                js_store_of(schema.HEADS).delete(name),
                *(
                    js_store_of(store).delete(schema.keys_under(name))
                    for store in (schema.VERSIONS, schema.FILES, schema.CHUNKS)
                ),
            ]
        )

    async def _get(self, store: str, *parts: str | int) -> Any:
        """Return the record with this key; None if it does not exist."""
        (js_record,) = await self._read(store, lambda js_store: [js_store.get(schema.key(*parts))])
        return js_record

    async def _read(self, store: str, queue: Callable[[Any], Iterable[Any]]) -> list[Any]:
        """Run a transaction that reads from one object store.

        Args:
            store: the name of the object store.
            queue: makes the requests and returns them. Its argument is the object store.

        Returns:
            The results of the requests.

        """
        return await self._database.transact(
            [store], "readonly", lambda js_store_of: queue(js_store_of(store))
        )

    async def _write_bytes(
        self, js_blobs: list[Any], queue: Callable[[Any, list[Any]], Any]
    ) -> None:
        """Run a transaction that stores bytes; see `BlobWriter`.

        Args:
            js_blobs: the bytes.
            queue: makes the requests and returns them. Its arguments are `js_store_of` and the
                Blobs or Uint8Arrays to store.

        """
        size = sum(int(js_blob.size) for js_blob in js_blobs)
        await self._blobs.write(
            js_blobs,
            lambda js_stored: self._write(lambda js_store_of: queue(js_store_of, js_stored), size),
        )

    async def _write(self, queue: Callable[[Any], Iterable[Any]], size: int = 0) -> None:
        """Run a transaction that writes `size` bytes; the size determines its timeout."""
        await self._database.transact(schema.STORES, "readwrite", queue, timeout_for(size))


async def _no_bytes() -> None:
    """Return None: without a current version, there are no bytes to read."""
