"""Load a model that has no manifest: download its files, and build the manifest from them.

The digests in this manifest detect damage to the stored copy. They can't detect that the server
sent a wrong file: for this, the caller can pass the SHA-256 that the model must have.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import batched
from typing import TYPE_CHECKING

from offline_onnx.errors import IntegrityError, ManifestError, SessionError, StoreError
from offline_onnx.inference.manifest import CHUNK_SIZE, Manifest
from offline_onnx.inference.model_file import ModelFile, model_sha256
from offline_onnx.integrity import MAX_CONCURRENT_DIGESTS, no_progress
from offline_onnx.storage.file_download import FileDownload, check_size
from offline_onnx.storage.source import Download

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence

    from offline_onnx.inference.tensor import TensorSpec
    from offline_onnx.integrity import Memory, Progress
    from offline_onnx.storage.file_download import RemoteFile
    from offline_onnx.storage.store import Store

VERSION_LENGTH = 12
"""A model without a manifest gets this many digits of its SHA-256 as its version."""
MAX_METADATA = 1 << 16
"""Maximum number of characters of the file's metadata; longer metadata is left out."""

NO_SELF_TEST = "The file has no manifest, which would contain a self-test."
"""The value of `Manifest.no_self_test` in the manifest that `manifest_of` returns."""


@dataclass(frozen=True)
class Description:
    """The facts about a model that the runtime and the file report.

    Attributes:
        inputs: the inputs.
        outputs: the outputs.
        metadata: the custom metadata in the file, by key.

    """

    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    metadata: dict[str, str]


async def digested[B](memory: Memory[B], contents: Mapping[str, B]) -> tuple[ModelFile, ...]:
    """Return the size and the digests of each file.

    Args:
        memory: digests the bytes.
        contents: the bytes of each file, by its name.

    Raises:
        SessionError: a file is too large to be digested.

    """
    return tuple([await _digested(memory, *item) for item in contents.items()])


async def _digested[B](memory: Memory[B], name: str, content: B) -> ModelFile:
    size = memory.length(content)
    check_size(name, size)
    digests: list[str] = []
    for batch in batched(range(0, size, CHUNK_SIZE), MAX_CONCURRENT_DIGESTS):
        spans = [(start, min(start + CHUNK_SIZE, size)) for start in batch]
        digests += await memory.digests(content, spans)
    (sha256,) = await memory.digests(content, [(0, size)])
    return ModelFile(name, size, sha256, CHUNK_SIZE, tuple(digests))


def manifest_of(files: Sequence[ModelFile], description: Description) -> Manifest:
    """Return the manifest of a model that has none. Its version is the start of its SHA-256.

    Args:
        files: the `.onnx` file, and the files with external data.
        description: the description of the model.

    Raises:
        ManifestError: an input, or every output, has a type that onnxruntime-web does not support.

    """
    file, *external_data = files
    metadata = description.metadata
    manifest = Manifest(
        name=file.file.removesuffix(".onnx").removesuffix(".ort"),
        version=model_sha256(files)[:VERSION_LENGTH],
        file=file.file,
        size=file.size,
        sha256=file.sha256,
        chunk_size=file.chunk_size,
        chunks=file.chunks,
        inputs=description.inputs,
        outputs=description.outputs,
        metadata=dict(metadata) if len(str(metadata)) <= MAX_METADATA else {},
        no_self_test=NO_SELF_TEST,
        external_data=tuple(external_data),
    )
    return Manifest.parse(manifest.to_json())


@dataclass
class SourceWithoutManifest[B]:
    """A Source that downloads a model's files and builds its manifest.

    Attributes:
        file: the `.onnx` file. Files with external data are in the same folder.
        name: the name under which the model is stored.
        store: has the stored version, and stores the chunks of an interrupted download.
        memory: allocates and digests the bytes.
        external_files: returns the names of the files with external data, from the bytes of the
            `.onnx` file.
        describe: opens the model and returns its description. Takes the arguments of
            `Runtime.open`; may raise SessionError.
        sha256: the `Manifest.model_sha256` that the model must have; "" for any.
        progress: called with the number of bytes that have arrived, and the total size in bytes of
            the files whose download has begun; 0 if the size of the current file is unknown.

    """

    file: RemoteFile[B]
    name: str
    store: Store[B]
    memory: Memory[B]
    external_files: Callable[[B], Iterable[str]]
    describe: Callable[[B, Mapping[str, B]], Awaitable[Description]]
    sha256: str = ""
    progress: Progress = no_progress
    _manifest: str = ""
    _contents: dict[str, B] = field(default_factory=dict)
    _validators: dict[str, str] = field(default_factory=dict)

    async def manifest(self) -> str:
        """Return the stored manifest if the server's files have not changed.

        Otherwise, download the files and build a new manifest.

        Raises:
            FetchError: a file could not be downloaded.
            IntegrityError: the model has another SHA-256 than `sha256`.
            ManifestError: an input, or every output, has a type that onnxruntime-web does not
                support.
            SessionError: the runtime can't open the model.

        """
        if not self._manifest:
            await self._validator(self.file.name)  # raises FetchError before the store is read
            self._manifest = await self._stored_manifest()
        if not self._manifest:
            await self._download()
            self._manifest = await self._build_manifest()
        return self._manifest

    async def can_detect_changes(self) -> bool:
        """Return whether the server sends a validator (ETag or date) of the `.onnx` file.

        Without a validator, only a download can show whether the file has changed.

        Raises:
            FetchError: the server did not answer.

        """
        return bool(await self._validator(self.file.name))

    async def open(
        self,
        manifest: Manifest,
        first: int,
        *,
        validator: str = "",  # noqa: ARG002  # `FileDownload` resumes with its validator
        fresh: bool = False,
    ) -> Download[B]:
        """Return the chunks of a file. Download the files first, unless `manifest()` has done so.

        Raises:
            FetchError: a file could not be downloaded.
            IntegrityError: the `.onnx` file no longer needs this file.

        """
        if not self._contents or fresh:
            await self._download(fresh=fresh)
        number, begin = manifest.file_of(first)
        file = manifest.files[number]
        if file.file not in self._contents:
            raise IntegrityError(self.file.address, f"it no longer needs {file.file}")
        content = self._contents[file.file]
        chunks = self._chunks(file, first - begin, content)
        whole = None if manifest.external_data else content
        return Download(first, self._validators[file.file], chunks, whole)

    async def _stored_manifest(self) -> str:
        """Return the manifest of the stored version.

        Return "" if no stored version can be used, or if the server's files have changed.
        """
        try:
            head = (await self.store.heads()).get(self.name)
            version = await self.store.version(self.name, head.current) if head else None
            if not head or not version or not version.is_complete:
                return ""
            manifest = version.read()
        except (IntegrityError, ManifestError, StoreError):
            return ""
        validators = [await self._validator(file.file) for file in manifest.files]
        if not all(validators) or "\n".join(validators) != version.validator:
            return ""
        return version.manifest if self.sha256 in ("", head.current) else ""

    async def _download(self, *, fresh: bool = False) -> None:
        """Download the `.onnx` file, and then the files with external data that it names."""
        self._contents.clear()
        content = await self._download_file(self.file.name, fresh=fresh)
        for name in self.external_files(content):
            await self._download_file(name, fresh=fresh)

    async def _download_file(self, name: str, *, fresh: bool) -> B:
        before = sum(map(self.memory.length, self._contents.values()))

        def progress(done: int, total: int) -> None:
            self.progress(before + done, before + total if total else 0)

        file, validator = self._remote(name), await self._validator(name)
        download = FileDownload(file, self.name, self.store, self.memory, progress, validator)
        content = await download.run(fresh=fresh)
        self._contents[name], self._validators[name] = content, download.validator
        return content

    async def _build_manifest(self) -> str:
        """Return the manifest of the downloaded model. Raises the errors of `manifest`."""
        files = await digested(self.memory, self._contents)
        found = model_sha256(files)
        if self.sha256 not in ("", found):  # checked before the runtime opens the model
            raise IntegrityError(self.file.address, f"it has the SHA-256 {found}")
        (_, content), *external_data = self._contents.items()
        try:
            description = await self.describe(content, dict(external_data))
        except SessionError as error:
            error.name_file(self.file.name)
            raise
        return manifest_of(files, description).to_json()

    async def _validator(self, name: str) -> str:
        """Return the validator of a file. Only the first call for a file sends a request."""
        if name not in self._validators:
            self._validators[name] = await self._remote(name).validator()
        return self._validators[name]

    def _remote(self, name: str) -> RemoteFile[B]:
        return self.file if name == self.file.name else self.file.beside(name)

    async def _chunks(self, file: ModelFile, first: int, content: B) -> AsyncGenerator[B]:
        for index in range(first, len(file.chunks)):
            yield self.memory.part(content, *file.span(index))
