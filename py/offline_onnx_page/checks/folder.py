"""Check a site in a folder: digests, compressed copies, what is missing offline, models."""

from __future__ import annotations

import gzip
import zlib
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from offline_onnx_page.checks.contents import IN_FOLDER, check_content
from offline_onnx_page.checks.models import check_models, check_named
from offline_onnx_page.checks.references import is_elsewhere, loaded_by, path_in_site
from offline_onnx_page.checks.report import Report, counted_noun, megabytes, no_bar
from offline_onnx_page.errors import SiteError
from offline_onnx_page.site import site_script
from offline_onnx_page.site.service_worker import MAX_STORED, StoredFile, listed, requested_files
from offline_onnx_page.site.sources import (
    BUILT,
    SERVICE_WORKER,
    files_in,
    is_compressed_copy,
    sources,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from offline_onnx_page.checks.report import ProgressBar

INDEX = "index.html"
SITE_SCRIPT = f"{BUILT}/{site_script.NAME}"
RUN_SCRIPT = f"{BUILT}/run.js"
"""The script that pages of offline-onnx have, and other sites don't."""
AGAIN = "Bundle the site again."
COPY = "Copy it into the folder."
_FOR_HOSTS = {"404.html", "CNAME", "page.toml", "robots.txt", "sitemap.xml"}
"""Files that may be missing in the service worker's list, because no page loads them. Most are for
the host."""


def check_folder(folder: Path, progress_bar: ProgressBar = no_bar) -> Report:
    """Check the site in a folder.

    Args:
        folder: the folder of the site.
        progress_bar: shows the progress.

    Raises:
        SiteError: The folder has no site, or a file can't be read.

    """
    report = Report(str(folder))
    worker, script = folder / SERVICE_WORKER, folder / SITE_SCRIPT
    if not worker.is_file():
        require_site(folder)
    try:
        exports = site_script.read(script.read_text("utf-8")) if script.is_file() else {}
        files = listed(worker.read_text("utf-8", "replace")) if worker.is_file() else []
        size = sum(each.stat().st_size for each in files_in(folder))
        with progress_bar(f"Checking {folder.name}", size) as done:
            for file in files:
                _check_file(report, folder, file)
                done(_size(folder / file.path))
            check_index(report, {INDEX} if (folder / INDEX).is_file() else set(), AGAIN)
            check_list(report, exports, files, has_script=worker.is_file(), remedy=AGAIN)
            models = check_models(report, folder, done, COPY)
            _check_copies(report, folder)
            listed_paths = {file.path for file in files}
            if RUN_SCRIPT in listed_paths or (folder / RUN_SCRIPT).is_file():
                if files:
                    _check_unlisted(report, folder, listed_paths | models)
                check_references(report, folder, sources(folder))
                check_named(report, folder, COPY)
            else:
                report.note(
                    "",
                    f"{folder} is not a page of offline-onnx, because it has no {RUN_SCRIPT}: what "
                    "it loads, and what it lacks offline, was not checked.",
                )
    except OSError as error:
        raise SiteError(f"{error.filename} can't be read ({error.strerror}).") from error
    return report


def require_site(folder: Path) -> None:
    """Raise SiteError unless a folder has a site."""
    if (folder / SITE_SCRIPT).is_file():
        return
    built = folder / "site"
    other = built if (built / SITE_SCRIPT).is_file() else "the folder that `bundle` has printed"
    raise SiteError(f"{folder} is not a site, because it has no {SITE_SCRIPT}: choose {other}.")


def check_index(report: Report, paths: Collection[str], remedy: str) -> None:
    """Report a missing index.html.

    Args:
        report: where the fault is added.
        paths: the paths of files of the site.
        remedy: what to do if it is missing.

    """
    if INDEX not in paths:
        report.fault(INDEX, f"{INDEX} is missing, so there is no page. {remedy}")


def check_list(
    report: Report,
    exports: dict[str, Any],
    files: Iterable[StoredFile],
    *,
    has_script: bool,
    remedy: str,
) -> None:
    """Report a missing service worker or list of files, and files that are too large to store.

    Args:
        report: where faults and notes are added.
        exports: the values in built/site.js.
        files: the files in the service worker's list.
        has_script: whether there is a service worker.
        remedy: what to do if the service worker or its list is missing.

    """
    if not exports.get("hasServiceWorker", True):
        report.note(
            "",
            "The site was bundled with --no-service-worker: it needs a network, and its files "
            "have no digests to compare them with.",
        )
    elif not has_script:
        report.fault(
            SERVICE_WORKER,
            f"{SERVICE_WORKER} is missing, so the page does not work offline. {remedy}",
        )
    elif not files:
        report.fault(
            SERVICE_WORKER,
            f"{SERVICE_WORKER} has no list of files: it was changed, or is another script. "
            f"{remedy}",
        )
    for path, size in exports.get("tooLarge", {}).items():
        report.fault(
            path,
            f"{path} has {megabytes(size)}, so the page lacks it offline: the service worker "
            f"stores files of at most {megabytes(MAX_STORED)}. Make it smaller, or split it.",
        )


def check_references(report: Report, folder: Path, files: Iterable[Path]) -> None:
    """Report the files that pages and style sheets load from other hosts, or that are missing."""
    for file in files:
        path = file.relative_to(folder).as_posix()
        if file.suffix not in (".html", ".htm", ".css"):
            continue
        for address in dict.fromkeys(loaded_by(path, file.read_text("utf-8", "replace"))):
            if is_elsewhere(address):
                report.fault(
                    "",
                    f"{path} loads {address} from another host, so the page needs a network. Copy "
                    "the file into the page's folder, load it from there, and bundle again.",
                )
            elif (target := path_in_site(address, path)) and not _exists(folder / target):
                report.fault(
                    target,
                    f"{target} is missing, which {path} loads. Add it, or remove it from {path}; "
                    "then bundle again.",
                )


def _check_file(report: Report, folder: Path, file: StoredFile) -> None:
    """Compare a file with its digest in the list."""
    report.count("files")
    if not (folder / file.path).is_file():
        report.fault(
            file.path,
            f"{file.path} is missing, so browsers store nothing and the page does not work "
            f"offline. {AGAIN}",
        )
        return
    check_content(report, file, (folder / file.path).read_bytes(), IN_FOLDER)


def _check_unlisted(report: Report, folder: Path, known: Collection[str]) -> None:
    """Report files that are neither stored by the service worker nor files of a model."""
    for path in requested_files(folder):
        if path not in known and path not in _FOR_HOSTS:
            report.fault(
                path, f"{path} was added after bundling, so the page lacks it offline. {AGAIN}"
            )


def _check_copies(report: Report, folder: Path) -> None:
    """Report compressed copies whose content differs from that of their file."""
    copies = [file for file in files_in(folder) if is_compressed_copy(file)]
    if not find_spec("brotli") and (skipped := sum(file.suffix == ".br" for file in copies)):
        report.skipped = f"{counted_noun(skipped, '.br copies')}: pip install brotli"
    for copy in copies:
        original, content = copy.with_suffix(""), _decompressed(copy)
        if content is None:
            continue
        report.count(f"{copy.suffix} copies")
        if content != original.read_bytes():
            path = copy.relative_to(folder).as_posix()
            report.fault(
                path,
                f"{path} is not a copy of {original.name}, so hosts that use it send another file. "
                "Delete it, or bundle the site again.",
            )


def _decompressed(copy: Path) -> bytes | None:
    """Return the content of a compressed copy: b"" if it is damaged, None if brotli is missing."""
    content = copy.read_bytes()
    try:
        if copy.suffix == ".gz":
            return gzip.decompress(content)
        if not find_spec("brotli"):
            return None
        import brotli

        try:
            return bytes(brotli.decompress(content))
        except brotli.error:
            return b""
    except (OSError, EOFError, zlib.error):
        return b""


def _exists(path: Path) -> bool:
    return path.is_file() or (path / INDEX).is_file()


def _size(file: Path) -> int:
    return file.stat().st_size if file.is_file() else 0
