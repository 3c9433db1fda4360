"""A copy of the site, of which newer versions are published.

Each has another style, Python code, model and onnxruntime-web for any model, where the build would
put them.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zipfile
from typing import TYPE_CHECKING

import onnx

from offline_onnx.describe import describe
from tests.stress.harness.site import copy_site
from tools.cache import BUILT, SERVICE_WORKER
from tools.site.bundle import MODEL

if TYPE_CHECKING:
    from pathlib import Path

HASHED = re.compile(r"[a-z]+-[0-9a-f]{12}")
"""The name of a folder with the hash of its content."""
ENTRY = re.compile(
    r'url:"(?P<url>[^"]+)",revision:(?P<revision>null|"\w+"),integrity:"sha256-[^"]+"'
)
"""A file in the service worker's list."""
MANIFEST = json.loads((MODEL / "digits.json").read_text("utf-8"))
DESCRIBED = ("name", "file", "labels", "metadata")
"""The fields of the manifest that newer versions share."""


class Releases:
    """The copy, in a folder that does not exist yet. Files that do not change are hard links."""

    def __init__(self, copy: Path) -> None:
        self.site = copy
        self._built = copy / BUILT
        copy_site(copy)

    @property
    def folders(self) -> set[str]:
        """The names of the folders that the newest version has."""
        return {folder.name for folder in self._built.iterdir() if folder.is_dir()}

    async def publish(self, number: int) -> None:
        """Publish another version, the service worker last: a browser may look at any time."""
        worker = (self.site / SERVICE_WORKER).read_text("utf-8")
        before = self.folders
        self._renew("python", number)
        with zipfile.ZipFile(self._own(self.folder("python") / "library.zip"), "a") as library:
            library.writestr(f"digits/release_{number}.py", f'"""Version {number}."""\n')
        self._renew("model", number)
        await self._publish_model(f"9.0.{number}")
        self._renew("release", number)
        style = self._own(self.site / "style.css")
        style.write_text(f"{style.read_text('utf-8')}/* {number} */\n", "utf-8")
        for part in ("python", "model", "release"):
            (old,) = (name for name in before if name.startswith(f"{part}-"))
            worker = worker.replace(old, self.folder(part).name)
        new = self.site / "new"
        new.write_text(ENTRY.sub(self._listed, worker), "utf-8")
        new.replace(self.site / SERVICE_WORKER)

    def _listed(self, entry: re.Match[str]) -> str:
        """Return a file's entry in the service worker's list."""
        content = (self.site / entry["url"]).read_bytes()
        revision = f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'
        integrity = base64.b64encode(hashlib.sha256(content).digest()).decode()
        named = "null" if entry["revision"] == "null" else revision
        return f'url:"{entry["url"]}",revision:{named},integrity:"sha256-{integrity}"'

    async def _publish_model(self, version: str) -> None:
        model, folder = onnx.load(MODEL / "digits.onnx"), self.folder("model")
        model.doc_string = version
        content, about = model.SerializeToString(), {key: MANIFEST[key] for key in DESCRIBED}
        manifest = await describe(content, version=version, **about)
        self._own(folder / "digits.onnx").write_bytes(content)
        self._own(folder / "digits.json").write_text(manifest.to_json(), "utf-8")

    def _renew(self, part: str, number: int) -> None:
        """Rename a part's folder as for another content."""
        old = self.folder(part)
        digest = hashlib.sha256(f"{part} {number}".encode()).hexdigest()[:12]
        new = old.rename(old.with_name(f"{part}-{digest}"))
        script = self._own(self._built / "site.js")
        script.write_text(script.read_text("utf-8").replace(old.name, new.name), "utf-8")

    def folder(self, part: str) -> Path:
        """Return the folder of a part of the newest version."""
        (folder,) = self._built.glob(f"{part}-*")
        return folder

    def _own(self, file: Path) -> Path:
        """Replace a hard link by a file of its own."""
        content = file.read_bytes()
        file.unlink()
        file.write_bytes(content)
        return file
