"""Check a site on a host: every file of the service worker's list, its headers, and the models."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import quote, urljoin, urlsplit

from offline_onnx_page.checks.contents import ON_HOST, check_content
from offline_onnx_page.checks.folder import INDEX, SITE_SCRIPT, check_list, check_references
from offline_onnx_page.checks.headers import check_headers
from offline_onnx_page.checks.models import (
    check_models,
    external_data,
    named_models,
    report_named,
)
from offline_onnx_page.checks.references import Page, path_in_site
from offline_onnx_page.checks.report import Report, no_bar
from offline_onnx_page.checks.responses import Response, check_address, is_secure, request
from offline_onnx_page.described import manifest_in
from offline_onnx_page.errors import SiteError
from offline_onnx_page.site import site_script
from offline_onnx_page.site.service_worker import listed
from offline_onnx_page.site.sources import MODEL_SUFFIXES, SERVICE_WORKER

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from offline_onnx_page.checks.report import ProgressBar
    from offline_onnx_page.site.service_worker import StoredFile

AGAIN = "Upload the whole site again."
_THREADS = 8
_NO_SUCH_FILE = "built/no-such-file-of-this-site.js"


def check_host(address: str, progress_bar: ProgressBar = no_bar) -> Report:
    """Check the site at an address.

    Of the models, only those are checked that the site's pages, scripts and Python files name,
    directly or by the name of a manifest. `check_folder` checks all models.

    Args:
        address: the address of the page.
        progress_bar: shows the progress.

    Raises:
        SiteError: The host can't be reached, or has no site at this address.

    """
    host = Host.open(address)
    report = Report(host.address)
    worker, script = host.get(SERVICE_WORKER), host.get(SITE_SCRIPT)
    if not _arrived(worker) and not _arrived(script):
        raise SiteError(
            f"{host.address} is not a page of offline-onnx, because it has no {SITE_SCRIPT} "
            f"(status {script.status}): check the address, or upload the site's folder built/."
        )
    if not is_secure(host.address):
        report.fault(
            "",
            f"{host.address} is served over plain http, where browsers allow no service worker and "
            "no digests, so neither offline use nor models work. Serve it over https.",
        )
    exports = site_script.read(_text(script)) if _arrived(script) else {}
    files = listed(_text(worker)) if _arrived(worker) else []
    check_list(report, exports, files, has_script=_arrived(worker), remedy=AGAIN)
    with progress_bar(f"Checking {urlsplit(host.address).netloc}", len(files), " files") as done:
        responses = _check_files(report, host, files, done)
    responses = {INDEX: host.index} | responses
    known = {file.path for file in files} | exports.get("tooLarge", {}).keys()
    responses |= _referenced(host, known)
    headers = {SERVICE_WORKER: worker} if _arrived(worker) else {}
    check_headers(report, headers | responses)
    with TemporaryDirectory() as temporary:
        local = Path(temporary)
        _save(local, responses)
        check_references(report, local, [file for file in local.rglob("*") if file.is_file()])
        _check_models(report, host, local, known)
    _check_unknown_path(report, host)
    if not host.index.headers.get("Cross-Origin-Embedder-Policy"):
        report.note(
            "",
            "The host does not send Cross-Origin-Opener-Policy and Cross-Origin-Embedder-Policy: "
            "models run, but each with one thread.",
        )
    return report


class Host:
    """A host with a site.

    Attributes:
        address: the address of the site's folder, with a slash at the end.
        index: the response to a request for the page.

    """

    def __init__(self, address: str, index: Response) -> None:
        self.address = address
        self.index = index

    @classmethod
    def open(cls, address: str) -> Host:
        """Request the page. Raises SiteError if it does not arrive."""
        check_address(address)
        last = urlsplit(address).path.rpartition("/")[2]
        if "." not in last and last:
            address = f"{address.partition('?')[0].partition('#')[0]}/"
        index = request(address)
        if not index.status:
            raise SiteError(
                f"{address} can't be reached ({index.reason}): check the address and the network."
            )
        if index.status >= 400:
            raise SiteError(
                f"{address} can't be loaded: the host answered with status {index.status}. Check "
                "the address."
            )
        base = Page(_text(index)).base
        return cls(urljoin(urljoin(index.url, base), "."), index)

    def get(self, path: str, headers: dict[str, str] | None = None) -> Response:
        """Request a file of the site."""
        return request(self.address + quote(path), headers)


def _check_files(
    report: Report, host: Host, files: Iterable[StoredFile], done: Callable[[int], None]
) -> dict[str, Response]:
    """Compare all files with their digests; return the responses that brought a file, by path."""
    files = list(files)
    arrived = {}
    with ThreadPoolExecutor(_THREADS) as pool:
        for file, response in zip(
            files, pool.map(lambda each: host.get(each.path), files), strict=True
        ):
            done(1)
            report.count("files")
            if response.status == 200 and not _is_fallback(file.path, response):
                arrived[file.path] = response
                _check_content(report, host, file, response)
            else:
                report.fault(file.path, f"{file.path} {_why_missing(response)}")
    return arrived


def _referenced(host: Host, known: Collection[str]) -> dict[str, Response]:
    """Return the files that the page loads and the service worker does not store, by path."""
    addresses = Page(_text(host.index)).addresses
    paths = {path for each in addresses if (path := path_in_site(each, INDEX))}
    found = {path: host.get(path) for path in sorted(paths - set(known))}
    return {
        path: each
        for path, each in found.items()
        if each.status == 200 and not _is_fallback(path, each)
    }


def _check_content(report: Report, host: Host, file: StoredFile, response: Response) -> None:
    """Report a file, or only its compressed copy, if it differs from the bundled file."""
    before = len(report.faults)
    check_content(report, file, response.content, ON_HOST)
    if len(report.faults) == before or not response.encoding:
        return
    plain = host.get(file.path, {"Accept-Encoding": "identity"})
    trial = Report("")
    check_content(trial, file, plain.content, "")
    if not plain.encoding and not trial.faults:
        report.faults.pop()
        suffix = {"gzip": "gz"}.get(response.encoding, response.encoding)
        report.fault(
            file.path,
            f"{file.path} arrives as another file when it is compressed ({response.encoding}): "
            f"{file.path}.{suffix} on the host is old. Upload it again, or delete it there.",
        )


def _is_fallback(path: str, response: Response) -> bool:
    """Return whether a web page has arrived instead of a file."""
    return response.is_page and not path.endswith((".html", ".htm"))


def _why_missing(response: Response) -> str:
    """Return why a file of the site has not arrived, and what to do."""
    if not response.status:
        return f"did not arrive ({response.reason}). Check the network, then try again."
    if response.status == 200:
        return (
            "arrives as a web page with status 200: the file is not on the host, which answers "
            f"unknown addresses with a page. {AGAIN}"
        )
    if response.status in (401, 403):
        return f"may not be read: the host answered with status {response.status}. Allow it there."
    return (
        f"is not on the host, which answered with status {response.status}, so browsers store "
        f"nothing and the page does not work offline. {AGAIN}"
    )


def _check_models(report: Report, host: Host, local: Path, known: Collection[str]) -> None:
    """Download the models that the page names into a folder, and check them there."""
    named = named_models(local)
    with TemporaryDirectory() as temporary:
        models, waiting, asked = Path(temporary), list(named), set[str]()
        while waiting:
            path = waiting.pop()
            if path in known or path in asked:
                continue
            asked.add(path)
            response = host.get(path)
            if response.status != 200 or _is_fallback(path, response):
                if path in named:
                    by, is_loaded = named[path]
                    report_named(report, path, by, AGAIN, is_loaded=is_loaded)
                continue
            _save(models, {path: response})
            if raw := manifest_in(models / path):
                described = [raw, *raw.get("external_data", [])]
                names = [str(each.get("file")) for each in described if isinstance(each, dict)]
                waiting += [f"{path.rpartition('/')[0]}/{name}".lstrip("/") for name in names]
            elif path.endswith(MODEL_SUFFIXES):
                waiting += external_data(models / path, path)
                _check_ranges(report, host, path)
        check_models(report, models, lambda _: None, AGAIN)


def _check_ranges(report: Report, host: Host, path: str) -> None:
    """Add a note if the host can't send a file from the middle on."""
    if host.get(path, {"Range": "bytes=1-", "Accept-Encoding": "identity"}).status != 206:
        report.note(
            path,
            f"{path} can't be requested from the middle on (Range): an interrupted download of the "
            "model starts again from its beginning.",
        )


def _check_unknown_path(report: Report, host: Host) -> None:
    """Add a note if the host answers unknown addresses with a page."""
    if host.get(_NO_SUCH_FILE).status == 200:
        report.note(
            "",
            "The host answers unknown addresses with status 200: a file that is missing arrives "
            "as a web page. Switch off its fallback for single-page apps.",
        )


def _save(folder: Path, responses: dict[str, Response]) -> None:
    """Write the contents of responses into a folder, by their paths. Skip paths outside of it."""
    for path, response in responses.items():
        file = (folder / path).resolve()
        if not file.is_relative_to(folder.resolve()):
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(response.content)


def _arrived(response: Response) -> bool:
    return response.status == 200 and not response.is_page


def _text(response: Response) -> str:
    return response.content.decode("utf-8", "replace")
