"""Read the files of a model, and write its manifest beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from offline_onnx.errors import OfflineModelError
from offline_onnx.onnxruntime_api.external_data import external_files
from offline_onnx_page.errors import SiteError
from offline_onnx_page.site.sources import MODEL_SUFFIXES

if TYPE_CHECKING:
    from pathlib import Path

    from offline_onnx.inference.manifest import Manifest


@dataclass(frozen=True)
class ModelFiles:
    """The files of a model.

    Attributes:
        file: the path of the model.
        content: its content.
        external_data: the content of each file with external data, by name.

    """

    file: Path
    content: bytes
    external_data: dict[str, bytes]

    @classmethod
    def read(cls, file: Path) -> ModelFiles:
        """Read the files of a model.

        Raises:
            SiteError: The name of the file is not that of a model, or a file can't be read.

        """
        if file.suffix not in MODEL_SUFFIXES:
            suffixes = " or ".join(MODEL_SUFFIXES)
            raise SiteError(
                f"{file}: the name of a model's file has to end in {suffixes}; rename it."
            )
        content = read(file)
        try:
            names = external_files(len(content), lambda start, stop: content[start:stop])
        except OfflineModelError as error:
            raise SiteError(f"{file}: {error}") from error
        return cls(file, content, {name: read(file.parent / name) for name in names})

    @property
    def manifest_file(self) -> Path:
        """The path of the model's manifest."""
        return self.file.with_suffix(".json")

    def write(self, manifest: Manifest) -> None:
        """Write the manifest beside the model, by an atomic replacement."""
        new = self.manifest_file.with_suffix(".json.new")
        new.write_text(manifest.to_json(), "utf-8")
        new.replace(self.manifest_file)


def read(file: Path) -> bytes:
    """Return the content of a file. Raises SiteError if it can't be read."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise SiteError(f"{file} can't be read: {error.strerror}.") from error
