"""Replace the files of a site with new ones: all, or none if anything fails."""

from __future__ import annotations

import errno
import os
import shutil
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from offline_onnx_page.site.sources import BUILT, STAMP

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PREFIX = ".replacing-"
"""The prefix of the folder in a site in which `replace` stores the new and the old files."""
_DAY = 24 * 60 * 60


def replace(folder: Path, new: Sequence[Path]) -> None:
    """Move files and folders into `folder` and replace those of the same names: all or none.

    The new files are first moved into a hidden folder inside `folder`. This may take long; if it
    fails, the site stays as it was. Then the old site's stamp is moved away, and old and new files
    are renamed. If a rename fails, the earlier renames are undone. If the process is killed between
    two renames, the site has no stamp, so the next build replaces it. The hidden folder of a killed
    process is deleted by the first build after a day; a newer one may be in use.

    Args:
        folder: the folder of the site.
        new: the files and folders to move into `folder`.

    """
    folder.mkdir(parents=True, exist_ok=True)
    delete_unused(folder.glob(f"{PREFIX}*"))  # folders of builds that were killed
    with TemporaryDirectory(dir=folder, prefix=PREFIX) as hidden, ExitStack() as undo:
        incoming, replaced = Path(hidden) / "new", Path(hidden) / "old"
        for subfolder in (incoming, replaced):
            subfolder.mkdir()
        for file in new:
            _move(file, incoming / file.name)

        def rename(source: Path, target: Path) -> None:
            if source.exists():
                source.rename(target)
                undo.callback(target.rename, source)

        rename(folder / BUILT / STAMP, replaced / STAMP)
        for file in new:
            rename(folder / file.name, replaced / file.name)
            rename(incoming / file.name, folder / file.name)
        undo.pop_all()


def _move(source: Path, target: Path) -> None:
    """Rename a file or folder, or copy it if the target is in another file system.

    `shutil.move` would report every file that it can't copy; this function raises the first error.
    """
    try:
        os.rename(source, target)  # noqa: PTH104  # as `shutil.move` does
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        if not source.is_dir() or source.is_symlink():
            shutil.copy2(source, target, follow_symlinks=False)
            return
        target.mkdir()
        for entry in source.iterdir():
            _move(entry, target / entry.name)


def delete_unused(entries: Iterable[Path]) -> None:
    """Delete the files and folders whose modification time is more than a day ago."""
    for entry in entries:
        with suppress(FileNotFoundError):  # another build has deleted it
            if time.time() - entry.stat().st_mtime <= _DAY:
                continue
            if entry.is_dir():
                shutil.rmtree(entry)
            else:
                entry.unlink()
