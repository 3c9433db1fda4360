"""Serve a page while it is written: build its site again when a file changes, and reload it."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from offline_onnx_page.errors import SiteError
from offline_onnx_page.serving.server import Handler, open_server
from offline_onnx_page.site.page import PageBuild, build_page
from offline_onnx_page.site.sources import BUILT, MODEL_SUFFIXES
from offline_onnx_page.site.wheels import FOLDER, LOCK

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from contextlib import contextmanager
    from http.server import ThreadingHTTPServer
else:
    from contextlib import contextmanager

RELOAD = f"{BUILT}/reload.js"
"""The path in the site of the script that reloads the page."""
CHANGES = f"/{BUILT}/changes"
"""The address at which the server reports changes, as server-sent events."""
POLL_INTERVAL = 0.3
"""Seconds between two looks at the page's files."""


@dataclass
class Changes:
    """Changes of a page's files, which several connections wait for."""

    count: int = 0
    latest: dict[str, object] = field(default_factory=dict)
    _condition: threading.Condition = field(default_factory=threading.Condition)

    def report(self, **change: object) -> None:
        """Wake everything that waits for a change."""
        with self._condition:
            self.count, self.latest = self.count + 1, change
            self._condition.notify_all()

    def wait(self, count: int, timeout_s: float) -> bool:
        """Wait until there are more than `count` changes; return whether there are in time."""
        with self._condition:
            return self._condition.wait_for(lambda: self.count > count, timeout_s)


@contextmanager
def open_page(
    page: PageBuild, port: int, say: Callable[[str], None]
) -> Generator[ThreadingHTTPServer]:
    """Build a page's site in a temporary folder; yield a server of it, which is not started yet.

    As long as the context is open, the site is built again when a file of the page changes, and
    pages that show it are reloaded.

    Args:
        page: how to build the site. Its folder and its scripts are replaced.
        port: the port; 0 for a free one.
        say: reports what happens.

    Raises:
        SiteError: The site can't be built, or the port can't be opened.

    """
    script = Path(__file__).with_name("reload.js").read_text("utf-8")
    with TemporaryDirectory(prefix="offline-onnx-") as temporary:
        page = replace(page, folder=Path(temporary) / "site", scripts=((RELOAD, script),))
        before = fingerprint(page.source)
        build_page(page)
        changes = Changes()
        handler = type("LiveHandler", (_LiveHandler,), {"changes": changes})
        server = open_server(page.folder, port, handler)
        ended = threading.Event()
        watcher = threading.Thread(target=_watch, args=(page, before, changes, ended, say))
        watcher.start()
        try:
            yield server
        finally:
            ended.set()
            watcher.join()


def fingerprint(folder: Path) -> dict[Path, tuple[int, int]]:
    """Return the size and the time of the last change of each file that a person may change."""
    found = {}
    for file in folder.rglob("*"):
        parts = file.relative_to(folder).parts
        if parts[0] not in (FOLDER, LOCK) and not any(part.startswith(".") for part in parts):
            try:
                status = file.stat()
            except FileNotFoundError:  # deleted meanwhile
                continue
            if file.is_file():
                found[file] = (status.st_size, status.st_mtime_ns)
    return found


def _watch(
    page: PageBuild,
    before: dict[Path, tuple[int, int]],
    changes: Changes,
    ended: threading.Event,
    say: Callable[[str], None],
) -> None:
    """Build the site again whenever a file has changed, and report it."""
    while not ended.wait(POLL_INTERVAL):
        now = fingerprint(page.source)
        changed = sorted(file for file, _ in before.items() ^ now.items())
        if not changed:
            continue
        before = now
        names = sorted({file.relative_to(page.source).as_posix() for file in changed})
        try:
            build_page(page)
        except (OSError, SiteError) as error:
            say(f"{', '.join(names)} changed, but the site could not be built again: {error}")
            continue
        say(f"Reloading: {', '.join(names)} changed.")
        changes.report(hasNewModel=any(file.suffix in MODEL_SUFFIXES for file in changed))


class _LiveHandler(Handler):
    """Also reports changes as server-sent events."""

    changes: Changes

    def do_GET(self) -> None:  # noqa: N802  # the base class's name
        """Answer a request; one for CHANGES lasts as long as the page listens."""
        if not urlsplit(self.path).path.endswith(CHANGES):
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        count = self.changes.count
        try:
            while not self.changes.wait(count, timeout_s=5):
                self.wfile.write(b":\n\n")  # a comment; fails if the page listens no more
            self.wfile.write(f"data: {json.dumps(self.changes.latest)}\n\n".encode())
        except ConnectionError:
            return
