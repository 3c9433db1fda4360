"""Read models from files that the user picks, and save models as files on the user's disk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import js
from js import URL, Array, Blob, Uint8Array

from offline_onnx.browser.interop import Rejected, call, js_object
from offline_onnx.errors import DocumentMissing, FileUnreadable, ManifestError
from offline_onnx.storage.source import Download

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterable

    from offline_onnx.inference.manifest import Manifest
    from offline_onnx.inference.model_file import ModelFile

REVOKE_AFTER = 60.0
"""Seconds until the object URL of a saved file is revoked.

Safari and Firefox may read the file some time after the click, so the URL is not revoked
immediately. It is revoked eventually, to free the file's bytes.
"""


class FileSource:
    """A Source that reads a model and its manifest from files that the user has picked.

    Args:
        js_files: JavaScript File objects, such as `input.files`: one manifest, whose name ends in
            .json, the `.onnx` file, and all files with external data.

    """

    def __init__(self, js_files: Iterable[Any]) -> None:
        self._js_files = {str(js_file.name): js_file for js_file in js_files}

    async def manifest(self) -> str:
        """Read the manifest.

        Raises:
            ManifestError: the number of .json files is not 1.
            FileUnreadable: the file can't be read.

        """
        names = [name for name in self._js_files if name.lower().endswith(".json")]
        if len(names) != 1:
            raise ManifestError(
                "Exactly one of the picked files must be a .json file, the model's manifest. "
                f"Picked: {', '.join(self._js_files) or 'none'}."
            )
        return str(await _read(names[0], self._js_files[names[0]], "text"))

    async def open(
        self,
        manifest: Manifest,
        first: int,
        *,
        validator: str = "",
        fresh: bool = False,  # noqa: ARG002  # there is no cache to bypass
    ) -> Download[Any]:
        """Read the file that has the chunk `first`, starting at this chunk.

        Raises FileUnreadable if the file was not picked.
        """
        number, begin = manifest.file_of(first)
        file = manifest.files[number]
        js_file = self._js_files.get(file.file)
        if js_file is None:
            raise FileUnreadable(file.file, "it is not among the picked files")
        return Download(first, validator, _chunks(js_file, file, first - begin))


def check_document(address: str) -> None:
    """Raise DocumentMissing if files can't be saved to disk, because Python runs in a worker."""
    if getattr(js, "document", None) is None:
        raise DocumentMissing(address)


async def save_files(manifest: Manifest, js_content: Any) -> None:
    """Save a model's files and its manifest to the user's disk, as downloads of the browser.

    Args:
        manifest: the manifest.
        js_content: the bytes of all files of the model, one after another.

    """
    stem = manifest.file.removesuffix(".onnx").removesuffix(".ort")
    start = 0
    for file in manifest.files:
        save_file(file.file, js_content.subarray(start, start + file.size))
        start += file.size
    save_file(f"{stem}.json", manifest.to_json())


def save_file(name: str, content: Any, mime_type: str = "application/octet-stream") -> None:
    """Save a file to the user's disk, as a download of the browser.

    Args:
        name: the name of the file.
        content: text or a Uint8Array.
        mime_type: the MIME type of the file.

    """
    js_blob = Blob.new(Array.of(content), js_object({"type": mime_type}))
    address = URL.createObjectURL(js_blob)
    js_link = js.document.createElement("a")
    js_link.href = address
    js_link.download = name
    js_link.click()
    js.setTimeout(URL.revokeObjectURL, REVOKE_AFTER * 1000, address)


async def _chunks(js_file: Any, file: ModelFile, first: int) -> AsyncGenerator[Any]:
    for index in range(first, len(file.chunks)):
        js_chunk = js_file.slice(*file.span(index))
        yield Uint8Array.new(await _read(file.file, js_chunk, "arrayBuffer"))


async def _read(name: str, js_blob: Any, method: str) -> Any:
    try:
        return await call(js_blob, method)
    except Rejected as error:
        raise FileUnreadable(name, str(error)) from error
