"""Run a model in Chromium: in plain onnxruntime-web, and through offline_onnx, also offline.

A model runs in four ways. Before each measurement, the page has already started onnxruntime-web.

1. Plain onnxruntime-web downloads the model, opens it and runs it.
2. `offline_onnx` does the same without a manifest, and also stores the model. The stored copy is
   then removed.
3. `offline_onnx` does the same with a manifest. Its self-test runs before the model is stored.
   For a model without a manifest, this way is left out, and the copy of the second way stays.
4. The server is stopped, and the page is opened again. The page then comes from its service
   worker, and the model from IndexedDB.
"""

from __future__ import annotations

import functools
import json
import shutil
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Error

from bench.harness.browser import start_browser
from bench.models.packages import WORK
from offline_onnx_page.serving.server import Handler
from tools import backend
from tools.backend.tensors import decode, encode
from tools.console import BuildError
from tools.site import bundle

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bench.harness.browser import Browser, Tab
    from bench.models.inputs import Array

SERVED = WORK / "served"
"""The folder that the server serves: the page, and the models."""
PAGE, MODELS = SERVED / "page", SERVED / "models"
PLAIN, WITHOUT_MANIFEST, WITH_MANIFEST, STORED = WAYS = (
    "plain",
    "without manifest",
    "with manifest",
    "stored",
)
"""The ways to run a model, in the order of the measurements."""


@dataclass(frozen=True)
class WebRun:
    """A run of a model in the browser.

    Attributes:
        load_s: the seconds of the load, including download, verification and opening.
        run_s: the seconds of the first run after the load.
        outputs: the outputs that are tensors, by name.
        memory: the peak growth of the page's memory in bytes.
        origin: the model's origin, "stored" or "downloaded"; "" for plain onnxruntime-web.
        warning: the warning of the load; "" if there was none.
        python_heap_growth: the growth of Python's memory during the load in bytes.

    """

    load_s: float
    run_s: float
    outputs: dict[str, Array]
    memory: int
    origin: str = ""
    warning: str = ""
    python_heap_growth: int = 0

    @property
    def total_s(self) -> float:
        """The seconds of load and run."""
        return self.load_s + self.run_s


@dataclass
class Visits:
    """The runs of a model in the browser.

    Attributes:
        runs: the runs that returned outputs, by the name in WAYS.
        failures: the reason of each run that failed, or whose model had a wrong origin, by the
            name in WAYS.

    """

    runs: dict[str, WebRun] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)


def build_page() -> None:
    """Build the page, with its service worker, and an empty folder for models."""
    shutil.rmtree(MODELS, ignore_errors=True)
    MODELS.mkdir(parents=True)
    shutil.copytree(Path(__file__).parent / "page", PAGE, dirs_exist_ok=True)
    shutil.copy(Path(backend.__file__).parent / "page" / "tensors.js", PAGE)
    bundle.bundle_page(PAGE)


class Chromium:
    """A browser that `get` starts when it is first needed, and starts again after a crash."""

    def __init__(self) -> None:
        self._manager: Any = None
        self._browser: Browser | None = None

    def get(self) -> Browser:
        """Return the running browser; start one if none is running."""
        if self._browser is None:
            self._manager = start_browser()
            self._browser = self._manager.__enter__()
        return self._browser

    def close(self) -> None:
        """End the browser, even if it has crashed."""
        manager, self._manager, self._browser = self._manager, None, None
        if manager:
            with suppress(Exception):
                manager.__exit__(None, None, None)


class Server:
    """A server of SERVED that can be stopped, and started again at the same port."""

    def __init__(self) -> None:
        self._port = 0
        self._server: ThreadingHTTPServer | None = None

    @property
    def address(self) -> str:
        """The address, without a trailing slash."""
        return f"http://localhost:{self._port}"

    def start(self) -> None:
        """Answer requests from now on."""
        if self._server is None:
            handler = functools.partial(_Handler, directory=str(SERVED))
            self._server = ThreadingHTTPServer(("127.0.0.1", self._port), handler)
            self._server.daemon_threads = True
            self._port = self._server.server_port
            threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        """Refuse connections."""
        server, self._server = self._server, None
        if server:
            server.shutdown()
            server.server_close()


@contextmanager
def serving() -> Iterator[Server]:
    """Start the server; stop it at the end."""
    server = Server()
    server.start()
    try:
        yield server
    finally:
        server.stop()


@dataclass(frozen=True)
class _Way:
    """A way to run a model.

    Attributes:
        name: its name in WAYS.
        argument: the argument of the page's function.
        removed: the address of a model whose stored copy is removed after the run; "" for none.

    """

    name: str
    argument: Mapping[str, Any]
    removed: str = ""

    @property
    def is_plain(self) -> bool:
        return self.name == PLAIN

    def run(self, tab: Tab) -> tuple[dict[str, Any], int]:
        """Run the model; return the page's result, and the peak growth of its memory in bytes."""
        if self.is_plain:
            result, memory = tab.measure("runPlain", self.argument)
        else:
            text, memory = tab.measure("runLibrary", json.dumps(self.argument))
            result = json.loads(text)
        if self.removed:
            tab.call("removeModel", self.removed)
        return result, memory


def visit(
    chromium: Chromium,
    server: Server,
    folder: str,
    feed: Mapping[str, Array],
    outputs: Sequence[str],
    *,
    files: Sequence[str] = (),
    has_manifest: bool = True,
    in_separate_pages: bool = False,
) -> Visits:
    """Run a model in all of WAYS. Leave STORED out if the load that should store the model failed.

    Args:
        chromium: the browser.
        server: the server, which is running.
        folder: the name of a folder in MODELS with model.onnx and perhaps its manifest, model.json.
        feed: the inputs, by name.
        outputs: the names of the outputs.
        files: the names of the files with external data, in the same folder.
        has_manifest: whether there is a manifest; if not, WITH_MANIFEST is left out.
        in_separate_pages: whether each way runs in a page of its own, so that the memory figures
            can be compared.

    """
    visits = Visits()
    root = f"{server.address}/models/{folder}"
    file, manifest = f"{root}/model.onnx", f"{root}/model.json"
    given = {"feed": {name: encode(a) for name, a in feed.items()}, "outputs": list(outputs)}
    with_file, with_manifest = {**given, "address": file}, {**given, "address": manifest}
    ways = [_Way(PLAIN, {**with_file, "files": list(files)})]
    if has_manifest:
        ways += [
            _Way(WITHOUT_MANIFEST, with_file, removed=file),
            _Way(WITH_MANIFEST, with_manifest),
        ]
        stored = _Way(STORED, with_manifest, removed=manifest)
    else:
        ways.append(_Way(WITHOUT_MANIFEST, with_file))
        stored = _Way(STORED, with_file, removed=file)
    for group in [[way] for way in ways] if in_separate_pages else [ways]:
        _attempt(visits, chromium, server, group)
    if ways[-1].name in visits.runs:
        server.stop()
        try:
            _attempt(visits, chromium, server, [stored])
        finally:
            server.start()
    return visits


def _attempt(visits: Visits, chromium: Chromium, server: Server, ways: Sequence[_Way]) -> None:
    """Run a model in several ways in one page; add the outcomes to `visits`.

    After a crash of the page or a timeout, the other ways run in a new browser.
    """
    current = 0
    try:
        with chromium.get().open_tab(f"{server.address}/page/index.html") as tab:
            tab.call("warmUp")
            for current, way in enumerate(ways):  # noqa: B007  # used after an error
                _add(visits, way, *way.run(tab))
    except (BuildError, Error) as error:
        chromium.close()
        visits.failures[ways[current].name] = " ".join(str(error).split())
        if others := ways[current + 1 :]:
            _attempt(visits, chromium, server, others)


def _add(visits: Visits, way: _Way, result: dict[str, Any], memory: int) -> None:
    """Add the outcome of a run to `visits`."""
    if "error" in result:
        visits.failures[way.name] = " ".join(result["error"].split())
        return
    found = {key: decode(tensor) for key, tensor in result.pop("outputs").items()}
    expected = "" if way.is_plain else "stored" if way.name == STORED else "downloaded"
    if (origin := result.get("origin", "")) != expected:
        visits.failures[way.name] = f"the model was {origin}, not {expected}"
    visits.runs[way.name] = WebRun(outputs=found, memory=memory, **result)


class _Handler(Handler):
    """Keeps models out of the browser's HTTP cache, so that every first load downloads."""

    # No COOP and COEP headers, as on most hosts: every page has one thread.
    isolation: Mapping[str, str] = {}

    def end_headers(self) -> None:
        if self.path.startswith("/models/"):
            self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def handle(self) -> None:
        """Answer requests until the browser closes the connection, which it may do at any time."""
        with suppress(ConnectionError):
            super().handle()
