"""Find out which files in a site's folder earlier builds have written, so that no other is lost.

A site's folder may also contain files of other origin, such as `.git` or `CNAME`. A build does not
overwrite or delete them, and deletes the files of the old site that the new one lacks.
"""

from __future__ import annotations

import json
import shutil
from contextlib import suppress
from pathlib import Path

from offline_onnx_page.errors import SiteError
from offline_onnx_page.site.replacement import PREFIX
from offline_onnx_page.site.sources import BUILT

LIST = f"{BUILT}/.files"
"""The file in a site that lists all files of the site, except itself and the stamp."""


def write_list(site: Path) -> None:
    """Write the list of the files in the folder of a new site."""
    (site / LIST).write_text(json.dumps(sorted(_paths(site)), indent=1), "utf-8")


def written_paths(folder: Path) -> set[str]:
    """Return the paths of the files that builds have written into a folder.

    This includes builds that were killed while they replaced the old site.
    """
    found: set[str] = set()
    for file in (folder / LIST, *folder.glob(f"{PREFIX}*/*/{LIST}")):
        with suppress(OSError, ValueError):
            found |= {*json.loads(file.read_text("utf-8")), LIST}
    return found


def is_complete(folder: Path) -> bool:
    """Return whether a site has all files of its list."""
    return all((folder / path).is_file() for path in written_paths(folder))


def keep_others(folder: Path, new: Path) -> None:
    """Copy files that no build has written from the old site's folders into those of the new site.

    Files in `built/` are not copied: no other program has to write there.

    Raises:
        SiteError: The new site would overwrite a file that no build has written.

    """
    ours = written_paths(folder)
    for entry in sorted(new.iterdir()):
        old = folder / entry.name
        others = {old.name} if old.is_file() or old.is_symlink() else _paths(old, folder)
        for path in sorted(others - ours):
            target = new / path
            if path == entry.name or target.exists() or any(map(Path.is_file, target.parents)):
                raise SiteError(
                    f"{folder / path} was not written by this command, and the site would "
                    "overwrite it: choose an empty folder with -o, or move the file."
                )
            if entry.name != BUILT:
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(folder / path, target, follow_symlinks=False)


def outdated(folder: Path, new: Path) -> list[Path]:
    """Return the files of the old site that remain after its replacement: those to be deleted.

    A file or folder of the old site is replaced if the new site has one of the same name.
    """
    return [
        folder / path
        for path in sorted(written_paths(folder))
        if not (new / path.partition("/")[0]).exists()
    ]


def delete(folder: Path, files: list[Path]) -> None:
    """Delete files of a folder, and the subfolders that they leave empty."""
    for file in files:
        file.unlink(missing_ok=True)
        for parent in file.parents:
            if parent == folder or not parent.is_dir() or any(parent.iterdir()):
                break
            parent.rmdir()


def _paths(folder: Path, base: Path | None = None) -> set[str]:
    """Return the paths of all files in a folder, hidden ones too, relative to `base`."""
    return {
        file.relative_to(base or folder).as_posix()
        for file in folder.rglob("*")
        if file.is_symlink() or not file.is_dir()
    }
