"""Build the site of a page that runs Python and models: the page's own files and prebuilt ones."""

from __future__ import annotations

import hashlib
import html
import os
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING

from offline_onnx_page.described import require_described
from offline_onnx_page.errors import SiteError
from offline_onnx_page.site import site_script
from offline_onnx_page.site.build import SiteBuild, build, no_message
from offline_onnx_page.site.compression import compress
from offline_onnx_page.site.packages.packing import Packages
from offline_onnx_page.site.packages.settings import Settings
from offline_onnx_page.site.service_worker import MAX_STORED, requested_files
from offline_onnx_page.site.sources import BUILT, models_and_manifests, sources
from offline_onnx_page.site.transfers import transfers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from offline_onnx_page.site.prebuilt import Prebuilt

INDEX = "index.html"
CACHE = "offline-onnx"
"""The name of the cache of a page's service worker."""
README = "readme.md"
"""The name, in lower case, of files that do not become part of the site."""
OUT = "site"
"""The folder in a page's folder in which its site is built."""
_SKIPPED = re.compile(
    r"(?:\s+|<!--.*?-->|<!doctype[^>]*>|<html(?:\s[^>]*)?>)*(?:<head(?:\s[^>]*)?>)?",
    re.IGNORECASE | re.DOTALL,
)
"""Matches the beginning of a page up to its head's content; the tags may be missing."""
_NO_BASE = "base-uri 'none'"
"""The directive of a Content Security Policy that forbids a `<base>`."""


@dataclass(frozen=True)
class PageBuild:
    """How to build the site of a page.

    Attributes:
        source: the folder with the page's own files.
        folder: the folder of the finished site; it may be the same as `source`.
        prebuilt: the files that every page needs.
        base: the path at which the site will be published, such as "/demo/"; "" if all addresses
            are relative to the page's own address.
        has_service_worker: False for a page that works only with a network.
        scripts: scripts that `index.html` also loads: pairs of the path in the site and the text.
        scratch: a folder for temporary files.
        compress: writes the compressed copies of files.
        say: reports what happens.

    """

    source: Path
    folder: Path
    prebuilt: Prebuilt
    base: str = ""
    has_service_worker: bool = True
    scripts: tuple[tuple[str, str], ...] = ()
    scratch: Path = field(default_factory=lambda: _scratch())
    compress: Callable[[Sequence[Path]], None] = compress
    say: Callable[[str], None] = no_message


def build_page(page: PageBuild) -> dict[str, int]:
    """Build the site of a page, unless it is up to date.

    The service worker does not store the models in the folder, because the page stores them in
    IndexedDB.

    Returns:
        The sizes in bytes of the files that are too large for the service worker, by their paths:
        the page lacks them without a network.

    Raises:
        SiteError: The folder has no index.html, a manifest does not describe the model beside it,
            or the site can't be built.

    """
    require_page(page.source)
    settings = Settings.read(page.source)
    models = {
        file.relative_to(page.source).as_posix() for file in models_and_manifests(page.source)
    }
    packages = Packages(page.source, settings, page.prebuilt.contents["lock"])
    is_in_place = page.folder == page.source
    readmes = [file for file in sources(page.source) if file.name.lower() == README]
    left_out = [*packages.sources, *readmes, *([] if is_in_place else [page.folder])]
    own = _own_files(page, left_out)
    require_described(own.values())

    def is_stored(path: str) -> bool:
        return path not in models

    def too_large(site: Path) -> dict[str, int]:
        files = requested_files(site) if page.has_service_worker else {}
        return {
            path: size
            for path, file in files.items()
            if (path in own or path.startswith(f"{BUILT}/"))
            and is_stored(path)
            and (size := file.stat().st_size) > MAX_STORED
        }

    def write(stage: Path) -> None:
        page.prebuilt.copy_into(stage)
        contents, folders = page.prebuilt.contents, packages.write(stage / BUILT)
        for path, script in page.scripts:
            (stage / path).write_text(script, "utf-8")
        _change_index(stage / INDEX, page)
        page.compress(sorted((stage / BUILT).rglob("*")))
        exports = {
            "folders": {**contents["folders"], **folders},
            **transfers(stage, lambda file: file.relative_to(stage).as_posix() not in models),
            "module": contents["module"],
            **packages.exports,
            "hasServiceWorker": page.has_service_worker,
            "tooLarge": too_large(stage),
        }
        site_script.write(stage / BUILT, exports)

    built = build(
        SiteBuild(
            source=page.source,
            folder=page.folder,
            scratch=page.scratch,
            write=write,
            template=(
                (lambda _: page.prebuilt.service_worker_template)
                if page.has_service_worker
                else None
            ),
            cache=CACHE,
            is_stored=is_stored,
            left_out=left_out,
            compress=page.compress,
            say=page.say,
        ),
        _key(page, own, packages),
    )
    if built:
        page.say(f"The site is ready: {page.folder}")
    return too_large(page.folder)


def require_page(folder: Path) -> None:
    """Raise SiteError unless a folder has a page."""
    if not (folder / INDEX).is_file():
        raise SiteError(
            f"{folder} has no {INDEX}, so it is not a page: choose another folder, or make one "
            "with offline-onnx new."
        )


def _scratch() -> Path:
    """Return the folder for temporary files, named after the user."""
    user = f"-{os.getuid()}" if hasattr(os, "getuid") else ""
    return Path(gettempdir()) / f"offline-onnx{user}"


def _own_files(page: PageBuild, left_out: Sequence[Path]) -> dict[str, Path]:
    """Return the page's own files by their paths in the site.

    Raises:
        SiteError: The name of a file can't be part of an address.

    """
    own = {
        file.relative_to(page.source).as_posix(): file
        for file in sources(page.source)
        if not any(map(file.is_relative_to, left_out))
    }
    for path in own:
        try:
            path.encode("utf-8")
        except UnicodeEncodeError as error:
            raise SiteError(f"The name of the file {path!a} is not in UTF-8: rename it.") from error
    return own


def _change_index(index: Path, page: PageBuild) -> None:
    """Add the base and the further scripts to the head of index.html.

    If the page's Content Security Policy forbids a base (`base-uri 'none'`), allow it (`'self'`).

    Raises:
        SiteError: index.html is not in UTF-8.

    """
    added = [f'<base href="{html.escape(page.base)}">'] if page.base else []
    added += [f'<script type="module" src="{path}"></script>' for path, _ in page.scripts]
    if not added:
        return
    try:
        text = index.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SiteError(f"{page.source / INDEX} is not in UTF-8: save it in UTF-8.") from error
    if page.base:
        text = text.replace(_NO_BASE, "base-uri 'self'")
    start = _SKIPPED.match(text)
    end = start.end() if start else 0
    index.write_bytes((text[:end] + "".join(added) + text[end:]).encode())


@cache
def _code_digest() -> str:
    """Return a text that changes with the code that builds sites."""
    digest = hashlib.sha256()
    for file in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _key(page: PageBuild, own: dict[str, Path], packages: Packages) -> str:
    """Return a text that changes whenever an input of the build changes."""
    digest = hashlib.sha256()
    options = (
        *(_code_digest(), page.prebuilt.key, page.base, page.has_service_worker, page.scripts),
        packages.key,
    )
    digest.update(repr(options).encode())
    for path, file in own.items():
        digest.update(f"\0{path}\0".encode())
        with file.open("rb") as content:
            digest.update(hashlib.file_digest(content, "sha256").digest())
    return digest.hexdigest()
