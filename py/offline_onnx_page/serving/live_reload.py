"""Serve a page while it is written: when a file changes, build its site again, and reload it."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from offline_onnx_page.errors import SiteError
from offline_onnx_page.serving.server import PERMANENT_URL, Handler, open_server
from offline_onnx_page.site.packages.fetched import FOLDER, LOCK
from offline_onnx_page.site.packages.settings import Settings
from offline_onnx_page.site.page import PageBuild, build_page, require_page
from offline_onnx_page.site.sources import (
    BUILT,
    files_in,
    models_and_manifests,
    sources,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from http.server import ThreadingHTTPServer

RELOAD = f"{BUILT}/reload.js"
"""The path in the site of the script that reloads the page."""
CHANGES = f"/{BUILT}/changes"
"""The address at which the server reports changes, as server-sent events. Its query `loaded` is the
version that the page was loaded from."""
POLL_INTERVAL = 0.3
"""Seconds between two checks of the page's files for changes."""


@dataclass
class Versions:
    """The versions of a site that were built. Several connections wait for the next one.

    Attributes:
        model_changes: how many times a model had changed before each version, by version, oldest
            first. The last key is the current version.
        failure: why the latest build failed; "" if it did not.

    """

    model_changes: dict[str, int] = field(default_factory=dict)
    failure: str = ""
    _condition: threading.Condition = field(default_factory=threading.Condition)

    def add(self, version: str, *, has_new_model: bool) -> None:
        """Add a version, and end all calls of `wait`."""
        with self._condition:
            count = max(self.model_changes.values(), default=0) + has_new_model
            self.model_changes[version], self.failure = count, ""
            self._condition.notify_all()

    def fail(self, reason: str) -> None:
        """Store why the latest build failed. Calls of `wait` end if this reason is new to them."""
        with self._condition:
            self.failure = reason
            self._condition.notify_all()

    def is_current(self, version: str) -> bool:
        """Return whether a version is the last that was built."""
        return [*self.model_changes][-1:] == [version]

    def wait(self, loaded: str, timeout_s: float, shown: str = "") -> bool:
        """Wait until a page has something to show: another version, or another failure.

        Args:
            loaded: the version that the page was loaded from.
            timeout_s: how long to wait, in seconds.
            shown: the failure that the page shows.

        Returns:
            False if there is nothing new.

        """
        with self._condition:
            return self._condition.wait_for(
                lambda: not self.is_current(loaded) or self.failure != shown, timeout_s
            )

    def change(self, loaded: str) -> dict[str, bool]:
        """Return what reload.js needs to know: whether a model has changed since a version.

        A version that this server has not built may belong to another page, which was served at the
        same address. So its model counts as changed.
        """
        current = max(self.model_changes.values(), default=0)
        return {"hasNewModel": self.model_changes.get(loaded, -1) != current}


@contextmanager
def open_page(
    page: PageBuild, port: int, say: Callable[[str], None]
) -> Generator[ThreadingHTTPServer]:
    """Build a page's site in a temporary folder; yield a server of it, which is not started yet.

    As long as the context is open, the site is built again when a file of the page changes, and
    pages that show it are reloaded.

    Args:
        page: how to build the site. Its folder, its scripts and its compression are replaced:
            without compression, a page on this machine is reloaded sooner.
        port: the port; 0 for a free one.
        say: reports what happens.

    Raises:
        SiteError: The site can't be built, or the port can't be opened.

    """
    require_page(page.source)
    with TemporaryDirectory(prefix="offline-onnx-") as temporary:
        page = replace(page, folder=Path(temporary) / "site", compress=lambda _: None)
        versions = Versions()
        handler = type("LiveHandler", (_LiveHandler,), {"versions": versions})
        server = open_server(page.folder, port, handler)
        ended = threading.Event()
        try:
            before = fingerprint(page.source)
            _build(page, versions, has_new_model=False)
            watcher = threading.Thread(target=_watch, args=(page, before, versions, ended, say))
            watcher.start()
            try:
                yield server
            finally:
                ended.set()
                watcher.join()
        finally:
            server.server_close()


def _build(page: PageBuild, versions: Versions, *, has_new_model: bool) -> None:
    """Build a new version of the site; write the version's name into its reload.js."""
    version = token_hex(8)
    script = Path(__file__).with_name("reload.js").read_text("utf-8")
    build_page(replace(page, scripts=((RELOAD, script.replace("VERSION", version)),)))
    versions.add(version, has_new_model=has_new_model)


def fingerprint(folder: Path) -> dict[Path, tuple[int, int]]:
    """Return the size and the time of the last change of each file that a person may change.

    These are the page's own files, and the packages outside its folder that page.toml names.
    Fetched wheels and page.lock are left out, because the build itself writes them.
    """
    files = [
        file for file in sources(folder) if file.relative_to(folder).parts[0] not in (FOLDER, LOCK)
    ]
    found = {}
    for file in [*files, *_packages(folder)]:
        try:
            status = file.stat()
        except OSError:  # deleted meanwhile
            continue
        found[file] = (status.st_size, status.st_mtime_ns)
    return found


def _packages(folder: Path) -> list[Path]:
    """Return the files that page.toml names and that lie outside of the page's folder."""
    try:
        named = [folder / entry for entry in Settings.read(folder).packages]
    except SiteError:  # the build reports it
        return []
    outside = [path for path in named if not path.resolve().is_relative_to(folder)]
    return [file for path in outside for file in ([path] if path.is_file() else files_in(path))]


def _watch(
    page: PageBuild,
    before: dict[Path, tuple[int, int]],
    versions: Versions,
    ended: threading.Event,
    say: Callable[[str], None],
) -> None:
    """Build the site again whenever a file has changed, and report it."""
    failed: set[Path] = set()  # the files that have changed since the last build that succeeded
    models = {*models_and_manifests(page.source)}  # with their weights and manifests
    while not ended.wait(POLL_INTERVAL):
        try:
            now = fingerprint(page.source)
        except OSError:  # a folder was deleted meanwhile
            continue
        changed = {file for file, _ in before.items() ^ now.items()}
        if not changed:
            continue
        before = now
        names = ", ".join(sorted(_name(file, page.source) for file in changed))
        changed |= failed
        try:
            new_models = {*models_and_manifests(page.source)}
            _build(page, versions, has_new_model=not changed.isdisjoint(models | new_models))
        except Exception as error:  # the server goes on, whatever the error is
            failed = changed
            reason = " ".join(str(error).split())
            message = f"{names} changed, but the site could not be built again: {reason}"
            versions.fail(message)
            say(message)
            continue
        failed, models = set(), new_models
        say(f"Reloading: {names} changed.")


def _name(file: Path, folder: Path) -> str:
    return file.relative_to(folder).as_posix() if file.is_relative_to(folder) else str(file)


class _LiveHandler(Handler):
    """Also reports changes as server-sent events, and forbids browsers to cache what may change.

    With "no-cache", browsers would compare dates, which have no fractions of a second, and could
    miss a change.
    """

    versions: Versions

    def do_GET(self) -> None:  # noqa: N802  # the base class's name
        """Answer a request; one for CHANGES lasts until the page is closed or must be reloaded."""
        address = urlsplit(self.path)
        if address.path != CHANGES:
            super().do_GET()
            return
        (loaded,) = parse_qs(address.query).get("loaded", [""])[:1]
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        shown = ""
        while True:
            has_news = self.versions.wait(loaded, timeout_s=5, shown=shown)
            if not self.versions.is_current(loaded):
                break
            if has_news:
                shown = self.versions.failure
                self._send_event({"failure": shown})
            else:
                self.wfile.write(b":\n\n")  # a comment, which fails if the page is closed
        self._send_event(self.versions.change(loaded))

    def _send_event(self, data: object) -> None:
        self.wfile.write(f"data: {json.dumps(data)}\n\n".encode())

    def send_header(self, keyword: str, value: str) -> None:
        """Send a header; replace the cache header of files that may change."""
        is_permanent = PERMANENT_URL.search(self.requested_path)
        if keyword == "Cache-Control" and not is_permanent:
            value = "no-store"
        super().send_header(keyword, value)
