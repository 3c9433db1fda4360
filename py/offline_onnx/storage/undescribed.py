"""Load a file that has no manifest: the manifest is made from the file itself, after its download.

So the digests say whether a stored copy is damaged, but not whether the file is the one that its
publisher meant; for that, the caller can name its SHA-256.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import batched
from typing import TYPE_CHECKING

from offline_onnx.errors import IntegrityError, StoreError
from offline_onnx.inference.manifest import CHUNK_SIZE, Manifest
from offline_onnx.integrity import MAX_CONCURRENT_DIGESTS, no_progress
from offline_onnx.storage.file_download import FileDownload
from offline_onnx.storage.source import Download

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from offline_onnx.inference.tensor import TensorSpec
    from offline_onnx.integrity import Memory, Progress
    from offline_onnx.storage.file_download import RemoteFile
    from offline_onnx.storage.store import Store

VERSION_LENGTH = 12
"""Number of digits of a file's SHA-256 that are its version."""
MAX_METADATA = 1 << 16
"""Maximum number of characters of the metadata in a manifest; longer metadata is left out."""

NO_SELF_TEST = "The file has no manifest, which would contain a self-test."
"""The reason that a manifest from `manifest_of` gives for having no self-test."""


@dataclass(frozen=True)
class Description:
    """What the runtime and the file say about a model.

    Attributes:
        inputs: the inputs.
        outputs: the outputs.
        metadata: the custom entries in the file.

    """

    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    metadata: dict[str, str]


async def manifest_of[B](
    memory: Memory[B], content: B, file: str, description: Description
) -> Manifest:
    """Return the manifest of a file that has none. Its version is the start of its SHA-256.

    Raises:
        ManifestError: an input, or every output, has a type that can't be passed.

    """
    size = memory.length(content)
    digests: list[str] = []
    for batch in batched(range(0, size, CHUNK_SIZE), MAX_CONCURRENT_DIGESTS):
        spans = [(start, min(start + CHUNK_SIZE, size)) for start in batch]
        digests += await memory.digests(content, spans)
    (sha256,) = await memory.digests(content, [(0, size)])
    metadata = description.metadata
    manifest = Manifest(
        name=file.removesuffix(".onnx"),
        version=sha256[:VERSION_LENGTH],
        file=file,
        size=size,
        sha256=sha256,
        chunk_size=CHUNK_SIZE,
        chunks=tuple(digests),
        inputs=description.inputs,
        outputs=description.outputs,
        metadata=dict(metadata) if len(str(metadata)) <= MAX_METADATA else {},
        no_self_test=NO_SELF_TEST,
    )
    return Manifest.parse(manifest.to_json())


@dataclass
class UndescribedSource[B]:
    """A Source that downloads a file and makes its manifest.

    Attributes:
        file: the file.
        name: the name under which the model is stored.
        store: has the stored version, and stores the chunks of an interrupted download.
        memory: allocates and digests the bytes.
        describe: opens the model and describes it; may raise SessionError.
        sha256: the SHA-256 that the file must have; "" for any.
        progress: called with the number of bytes that have arrived and the size of the file, or 0
            if the size is unknown.

    """

    file: RemoteFile[B]
    name: str
    store: Store[B]
    memory: Memory[B]
    describe: Callable[[B], Awaitable[Description]]
    sha256: str = ""
    progress: Progress = no_progress
    _manifest: str = ""
    _content: B | None = None
    _validator: str = ""

    async def manifest(self) -> str:
        """Return the stored manifest if the server's file has not changed; else download the file.

        Raises:
            FetchError: the file could not be downloaded.
            IntegrityError: the file has another SHA-256 than it must have.
            ManifestError: an input, or every output, has a type that can't be passed.
            SessionError: the runtime can't open the model.

        """
        if not self._manifest:
            await self.can_tell_changes()
            self._manifest = await self._stored_manifest()
        if not self._manifest:
            content = await self._download()
            await self._check(content)
            description = await self.describe(content)
            made = await manifest_of(self.memory, content, self.file.name, description)
            self._manifest = made.to_json()
        return self._manifest

    async def can_tell_changes(self) -> bool:
        """Return whether the server says, by a validator, if its file has changed.

        If not, only a download can tell. Raises FetchError.
        """
        if not self._validator:
            self._validator = await self.file.validator()
        return bool(self._validator)

    async def open(
        self,
        manifest: Manifest,
        first: int,
        *,
        validator: str = "",  # noqa: ARG002  # a download is resumed with its own validator
        fresh: bool = False,
    ) -> Download[B]:
        """Return the chunks of the file, which is downloaded unless `manifest` has done so."""
        content = self._content
        if content is None or fresh:
            content = await self._download(fresh=fresh)
        chunks = self._chunks(manifest, first, content)
        return Download(first, self._validator, chunks, content)

    async def _stored_manifest(self) -> str:
        """Return the manifest of the stored version if it has the file's validator; else ""."""
        try:
            head = (await self.store.heads()).get(self.name)
            version = await self.store.version(self.name, head.current) if head else None
        except (IntegrityError, StoreError):
            return ""
        if not head or not version or not version.is_complete:
            return ""
        is_same = version.validator == self._validator != ""
        return version.manifest if is_same and self.sha256 in ("", head.current) else ""

    async def _download(self, *, fresh: bool = False) -> B:
        download = FileDownload(
            self.file, self.name, self.store, self.memory, self.progress, self._validator
        )
        self._content = await download.run(fresh=fresh)
        self._validator = download.validator
        return self._content

    async def _check(self, content: B) -> None:
        """Raise IntegrityError if the file has another SHA-256 than it must have."""
        if self.sha256:
            (sha256,) = await self.memory.digests(content, [(0, self.memory.length(content))])
            if sha256 != self.sha256:
                raise IntegrityError(self.file.address, f"it has the SHA-256 {sha256}")

    async def _chunks(self, manifest: Manifest, first: int, content: B) -> AsyncGenerator[B]:
        for index in range(first, len(manifest.chunks)):
            yield self.memory.part(content, *manifest.span(index))
