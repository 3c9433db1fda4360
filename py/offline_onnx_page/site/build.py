"""Build a site: one static folder with all files that a page needs, offline too."""

from __future__ import annotations

import hashlib
import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from offline_onnx_page.site import service_worker, written
from offline_onnx_page.site.compression import compress
from offline_onnx_page.site.replacement import delete_unused, replace
from offline_onnx_page.site.sources import (
    BUILT,
    COMPRESSED_SUFFIXES,
    SERVICE_WORKER,
    STAMP,
    sources,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator, Sequence

_GENERATED = (BUILT, f"{SERVICE_WORKER}*")
"""Glob patterns of the files that the build adds to every site."""
_STAGE_PREFIX = "stage-"
"""The prefix of the temporary folders in which a site is built."""


def no_message(_: str) -> None:
    """Ignore a message."""


@dataclass(frozen=True)
class SiteBuild:
    """How to build a site.

    Attributes:
        source: the folder with the page's source files.
        folder: the folder of the finished site; it may be the same as `source`.
        scratch: a folder for temporary files.
        write: a function that adds `built/` and the other generated files, except the service
            worker, to a copy of `source`.
        template: returns the service worker's script without the list of files. Takes the folder of
            the site, which lacks only this script. None for a site without a service worker; then
            browsers remove the one of an earlier version.
        cache: the name of the service worker's cache.
        generated: the names of the files that `write` adds outside `built/`.
        compressed: the names of the files outside `built/` that get compressed copies.
        is_stored: returns whether the service worker stores a file, given its path in the site.
        left_out: files and folders in `source` that do not become part of the site.
        compress: writes the compressed copies of files.
        say: reports what happens.

    """

    source: Path
    folder: Path
    scratch: Path
    write: Callable[[Path], None]
    template: Callable[[Path], str] | None
    cache: str
    generated: Sequence[str] = ()
    compressed: Sequence[str] = ()
    is_stored: Callable[[str], bool] = lambda _: True
    left_out: Collection[Path] = ()
    compress: Callable[[Sequence[Path]], None] = compress
    say: Callable[[str], None] = no_message


def build(site: SiteBuild, key: str) -> bool:
    """Build a site in a temporary folder and move it into place, unless it is up to date.

    Of two builds of the same folder, one waits for the other, except on Windows. If `site.folder`
    is not `site.source`, files in it that no build has written are left as they are.

    Args:
        site: how to build the site.
        key: a text that changes whenever an input of the build changes.

    Returns:
        Whether the site was built.

    Raises:
        SiteError: The site can't be built, or would overwrite a file that no build has written.

    """
    site.scratch.mkdir(parents=True, exist_ok=True)
    with _locked(site):
        return _build(site, key)


def _build(site: SiteBuild, key: str) -> bool:
    stamp = site.folder / BUILT / STAMP
    compressed = [f"{name}{suffix}" for name in site.compressed for suffix in COMPRESSED_SUFFIXES]
    generated = (*_GENERATED, *site.generated, *compressed)
    needed = [stamp, *(site.folder / name for name in (SERVICE_WORKER, *site.generated))]
    if (
        all(file.exists() for file in needed)
        and stamp.read_text("utf-8") == key
        and written.is_complete(site.folder)
    ):
        return False
    site.say(f"Bundling the site into {site.folder} ...")
    delete_unused(site.scratch.glob(f"{_STAGE_PREFIX}*"))  # folders of builds that were killed
    with TemporaryDirectory(dir=site.scratch, prefix=_STAGE_PREFIX) as temporary:
        stage = Path(temporary)
        _copy_sources(site, stage, {*site.generated, *compressed})
        site.write(stage)
        if site.template:
            template = site.template(stage)
            service_worker.write(stage, template, site.cache, site.is_stored)
        else:
            service_worker.write_removal(stage)
        outside = [stage / name for name in (SERVICE_WORKER, *site.compressed)]
        site.compress([*outside, *sorted((stage / BUILT).rglob("*"))])
        if site.folder == site.source:
            new = [file for pattern in generated for file in stage.glob(pattern)]
            old = []
        else:
            written.write_list(stage)
            written.keep_others(site.folder, stage)
            new = sorted(stage.iterdir())
            old = written.outdated(site.folder, stage)
        replace(site.folder, new)
        written.delete(site.folder, old)
    stamp.write_text(key, "utf-8")
    return True


def _copy_sources(site: SiteBuild, stage: Path, generated: Collection[str]) -> None:
    """Copy the page's own files with their dates, but without their permissions.

    The files in `generated` and those that `site.left_out` names are not copied.
    """
    for file in sources(site.source):
        path = file.relative_to(site.source)
        if path.as_posix() in generated or any(map(file.is_relative_to, site.left_out)):
            continue
        target = stage / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
        status = file.stat()
        os.utime(target, ns=(status.st_atime_ns, status.st_mtime_ns))


@contextmanager
def _locked(site: SiteBuild) -> Generator[None]:
    """Wait until no other process builds a site in the same folder; on Windows, do not wait."""
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    name = hashlib.sha256(os.fsencode(site.folder)).hexdigest()[:16]
    with (site.scratch / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
