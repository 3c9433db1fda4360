"""The files that every page needs, prebuilt: Python, onnxruntime-web, the library, the scripts.

The wheel `offline-onnx-page` contains them. They are the same for all pages, so no page's build
needs Node, npm or the sources of this project.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import zlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from offline_onnx_page.errors import SiteError
from offline_onnx_page.site.sources import COMPRESSED_SUFFIXES, SERVICE_WORKER

WHEELS = Path(__file__).parents[1] / "wheels"
"""The folder with the wheels of the library and of its runtime, in the installed wheel."""
LIST = "files.json"
"""The name of the file that lists the prebuilt files."""


@dataclass(frozen=True)
class Prebuilt:
    """A folder of prebuilt files: `built/` and the template of the service worker.

    Every file has compressed copies. The file itself may be missing: then it is decompressed from
    FILE.gz.

    Attributes:
        folder: the folder.

    """

    folder: Path

    @classmethod
    def installed(cls) -> Prebuilt:
        """Return the files in the installed wheel.

        Raises:
            SiteError: The package was installed from its sources, which do not have the files.

        """
        folder = Path(__file__).parents[1] / "files"
        if not (folder / LIST).is_file():
            raise SiteError(
                "The files that every page needs are missing, because offline-onnx-page was "
                "installed from its sources: install the wheel, pip install offline-onnx-page"
            )
        return cls(folder)

    @cached_property
    def contents(self) -> dict[str, Any]:
        """The content of LIST.

        "folders" has the paths of the folders in `built/` by their names without a digest. "module"
        is the name of the Python module that pages import first. "lock" is the text of Pyodide's
        lock file. "files" has the SHA-256 of every file by its path.
        """
        try:
            contents: dict[str, Any] = json.loads(self._list)
        except ValueError as error:
            raise self._damaged(LIST) from error
        return contents

    @property
    def key(self) -> str:
        """A text that changes with the prebuilt files."""
        return hashlib.sha256(self._list).hexdigest()

    @property
    def _list(self) -> bytes:
        try:
            return (self.folder / LIST).read_bytes()
        except OSError as error:
            raise self._damaged(LIST) from error

    @property
    def service_worker_template(self) -> str:
        """The script of the service worker without the list of files."""
        return self._content(SERVICE_WORKER).decode("utf-8")

    def copy_into(self, site: Path) -> None:
        """Copy all files, except the template of the service worker, into a site's folder.

        Raises:
            SiteError: A file is missing or damaged.

        """
        for path in self.contents["files"]:
            if path == SERVICE_WORKER:
                continue
            target = site / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(self._content(path))
            for suffix in COMPRESSED_SUFFIXES:
                if (copy := self.folder / f"{path}{suffix}").is_file():
                    shutil.copyfile(copy, target.with_name(f"{target.name}{suffix}"))

    def _content(self, path: str) -> bytes:
        file = self.folder / path
        try:
            if file.is_file():
                content = file.read_bytes()
            else:
                content = gzip.decompress(file.with_name(f"{file.name}.gz").read_bytes())
        except (OSError, EOFError, zlib.error) as error:
            raise self._damaged(path) from error
        if hashlib.sha256(content).hexdigest() != self.contents["files"][path]:
            raise self._damaged(path)
        return content

    def _damaged(self, path: str) -> SiteError:
        return SiteError(
            f"{self.folder / path} is missing or damaged: install its wheel again, "
            "pip install --force-reinstall offline-onnx-page"
        )


def write_list(folder: Path, folders: dict[str, str], module: str, lock: str) -> None:
    """Write the list of the files in a folder of prebuilt files; see `Prebuilt.contents`."""
    files = {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.suffix not in COMPRESSED_SUFFIXES and file.name != LIST
    }
    contents = {"folders": folders, "module": module, "lock": lock, "files": files}
    (folder / LIST).write_text(json.dumps(contents, indent=1), "utf-8")
