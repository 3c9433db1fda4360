"""Publishes newer versions of a copy of the site.

Versions differ in the style sheet, in the Python code, in the model, and in the name of the folder
of the full onnxruntime-web (`release-...`). All folders are named as the build names them: by a
part and a hash.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from typing import TYPE_CHECKING

import onnx

from offline_onnx.describe import describe
from offline_onnx_page.site.sources import BUILT, SERVICE_WORKER
from tests.browser.support.worker_files import with_new_digests
from tests.stress.harness.site import copy_site
from tools.site.bundle import MODEL

if TYPE_CHECKING:
    from pathlib import Path

HASHED_FOLDER = re.compile(r"[a-z]+-[0-9a-f]{12}")
"""The name of a folder of the site: the name of a part, and 12 digits of a hash."""
MANIFEST = json.loads((MODEL / "digits.json").read_text("utf-8"))
SHARED_FIELDS = ("name", "file", "labels", "metadata")
"""The fields of the manifest that are the same in all versions."""


class Releases:
    """A copy of the site, in which newer versions can be published. Unchanged files are hard links.

    Args:
        copy: The folder for the copy, which must not exist.

    Attributes:
        site: The folder of the copy.
    """

    def __init__(self, copy: Path) -> None:
        self.site = copy
        self._built = copy / BUILT
        copy_site(copy)

    @property
    def folders(self) -> set[str]:
        """The names of the hashed folders of the newest version."""
        return {folder.name for folder in self._built.iterdir() if folder.is_dir()}

    async def publish(self, number: int) -> None:
        """Publish version `number`.

        The service worker is replaced last, because browsers may look for updates at any time.
        """
        worker = (self.site / SERVICE_WORKER).read_text("utf-8")
        old_folders = self.folders
        self._rename_folder("python", number)
        library_file = self._break_link(self.folder("python") / "library.zip")
        with zipfile.ZipFile(library_file, "a") as library:
            library.writestr(f"digits/release_{number}.py", f'"""Version {number}."""\n')
        self._rename_folder("model", number)
        await self._publish_model(f"9.0.{number}")
        self._rename_folder("release", number)
        style = self._break_link(self.site / "style.css")
        style.write_text(f"{style.read_text('utf-8')}/* {number} */\n", "utf-8")
        for part in ("python", "model", "release"):
            (old,) = (name for name in old_folders if name.startswith(f"{part}-"))
            worker = worker.replace(old, self.folder(part).name)
        new_worker = self.site / "new"
        new_worker.write_text(with_new_digests(worker, self.site), "utf-8")
        new_worker.replace(self.site / SERVICE_WORKER)

    async def _publish_model(self, version: str) -> None:
        """Publish a model whose file is unique: its doc_string is the version."""
        model, folder = onnx.load(MODEL / "digits.onnx"), self.folder("model")
        model.doc_string = version
        content = model.SerializeToString()
        shared_fields = {key: MANIFEST[key] for key in SHARED_FIELDS}
        manifest = await describe(content, version=version, **shared_fields)
        self._break_link(folder / "digits.onnx").write_bytes(content)
        self._break_link(folder / "digits.json").write_text(manifest.to_json(), "utf-8")

    def _rename_folder(self, part: str, number: int) -> None:
        """Give the folder of a part a name with another hash, as the build does for new content.

        Also write the new name into built/site.js.
        """
        old = self.folder(part)
        digest = hashlib.sha256(f"{part} {number}".encode()).hexdigest()[:12]
        new = old.rename(old.with_name(f"{part}-{digest}"))
        script = self._break_link(self._built / "site.js")
        script.write_text(script.read_text("utf-8").replace(old.name, new.name), "utf-8")

    def folder(self, part: str) -> Path:
        """Return the folder of a part, such as "python", in the newest version."""
        (folder,) = self._built.glob(f"{part}-*")
        return folder

    def _break_link(self, file: Path) -> Path:
        """Replace a hard link with a copy of its file, so that the original does not change."""
        content = file.read_bytes()
        file.unlink()
        file.write_bytes(content)
        return file
