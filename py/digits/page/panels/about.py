"""The panel that shows how the page works, with figures of this device and this page load."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pyodide_js
from js import JSON, URL, document, navigator, performance

from digits.facts.how_it_works import Facts, steps
from digits.facts.requests import Request, Source, by_part, files_of
from digits.facts.timing import measure
from digits.page.dom import add_child, element, seconds_to_start, set_text
from digits.page.panels.deferred_work import DeferredWork
from offline_onnx import OfflineModelError, Origin
from offline_onnx.browser.quota import StorageInfo, storage_info

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from digits.app import App, Symbol
    from digits.facts.how_it_works import Step
    from digits.facts.requests import File
    from digits.facts.timing import Times
    from digits.page.background import Run
    from digits.words import Words


FILES_LINK = "#about-list"
"""The address of the link below the page's title that leads to the list of files."""


class AboutPanel:
    """Shows the known figures immediately, and measures the others when the user stops drawing."""

    def __init__(self, app: App, words: Words, run: Run, sizes: Mapping[str, int]) -> None:
        """Show the figures that are known without a measurement.

        Args:
            app: Has the model and the number whose reading is timed.
            words: The texts of the page.
            run: Starts work in the background.
            sizes: The sizes of the page's large files in bytes, by address.

        """
        self._app = app
        self._words = words
        self._sizes = sizes
        self._steps = StepList()
        self._files = FileList(words)
        self._storage = StorageInfo(None, None, persistent=False)
        self._measured_number: Sequence[Symbol] | None = None
        self._times: Times | None = None
        self._deferred = DeferredWork(app, self._measure_and_show, run, app.symbols)
        self._show()
        if document.location.hash == FILES_LINK:  # the steps above have moved the list down
            element("about-list").scrollIntoView()

    def refresh(self) -> None:
        """Request new figures; they are measured once the user stops drawing."""
        self._deferred.request(self._app.symbols)

    async def _measure_and_show(self) -> None:
        self._storage = await storage_info()
        await self._measure(self._app.symbols)
        self._show()

    async def _measure(self, number: Sequence[Symbol]) -> None:
        """Measure how long it takes to read a number, unless that number is already measured."""
        if number is self._measured_number:
            return
        times = None
        with suppress(OfflineModelError):  # the page shows the error where it shows the number
            times = await measure(self._app)
        # Without times, the measurement was interrupted or failed: the next request repeats it.
        if times or not number:
            self._measured_number, self._times = number, times

    def _show(self) -> None:
        model = self._app.model
        stored = model is not None and model.origin is Origin.STORED
        js_runtime = import_module("onnxruntime_web").env
        facts = Facts(
            files=_files(self._sizes, stored=stored),
            python=sys.version.split()[0],
            start=str(document.documentElement.dataset.python),
            start_seconds=seconds_to_start() if model else None,
            memory=int(pyodide_js._module.HEAP8.length),
            runtime=str(js_runtime.versions.web),
            threads=int(js_runtime.wasm.numThreads),
            model=model,
            times=self._times,
            usage=self._storage.usage,
            quota=self._storage.quota,
            persistent=self._storage.persistent,
        )
        self._steps.show(steps(facts, self._words))
        self._files.show(facts.files)


class StepList:
    """Fills the element `about-steps`: each step has a title, a sentence, and its figures."""

    def __init__(self) -> None:
        self._shown: Sequence[Step] = []

    def show(self, steps: Sequence[Step]) -> None:
        """Show the steps, if they have changed."""
        if steps != self._shown:
            self._shown = steps
            element("about-steps").replaceChildren(*map(self._item, steps))

    def _item(self, step: Step) -> Any:
        js_item = document.createElement("li")
        add_child(js_item, "h3", step.title)
        add_child(js_item, "p", step.sentence)
        js_figures = add_child(js_item, "dl")
        for name, amount in step.figures.items():
            js_figure = add_child(js_figures, "div")
            add_child(js_figure, "dt", name)
            add_child(js_figure, "dd", amount)
        return js_item


class FileList:
    """Fills the element `about-list`: the files of each part of the page.

    Each file is a link, with its purpose, its size, and where it came from.
    """

    def __init__(self, words: Words) -> None:
        self._words = words
        self._js_parts: dict[str, Any] = {}
        self._rows: dict[str, tuple[File, Any]] = {}

    def show(self, files: Sequence[File]) -> None:
        """Show the files. Unchanged rows are not replaced: a link in them may have the focus."""
        for part, members in by_part(files).items():
            if part not in self._js_parts:
                self._js_parts[part] = self._add_section(part)
            js_part = self._js_parts[part]
            total = sum(file.size or 0 for file in members)
            set_text(js_part.querySelector("h4 span"), self._words.size(total))
            for file in members:
                self._show_file(js_part.lastElementChild, file)

    def _add_section(self, part: str) -> Any:
        js_part = add_child(element("about-list"), "section")
        add_child(add_child(js_part, "h4", self._words.say(f"about_part_{part}")), "span")
        add_child(js_part, "ul")
        return js_part

    def _show_file(self, js_list: Any, file: File) -> None:
        shown, js_old = self._rows.get(file.address, (None, None))
        if file == shown:
            return
        js_item = self._item(file)
        self._rows[file.address] = file, js_item
        if js_old is None:
            js_list.append(js_item)
        else:
            js_old.replaceWith(js_item)

    def _item(self, file: File) -> Any:
        js_item = document.createElement("li")
        js_link = add_child(js_item, "a", file.name)
        # No link to the service worker's script: the browser's own copy of it has no address.
        if file.source is not Source.REGISTRATION:
            js_link.href = file.address or "."
            js_link.target, js_link.rel = "_blank", "noopener"
        add_child(js_item, "span", self._words.say(f"about_file_{file.role}") if file.role else "")
        add_child(js_item, "b", self._words.size(file.size))
        add_child(js_item, "small", self._words.say(f"about_from_{file.source.value}"))
        return js_item


def _files(sizes: Mapping[str, int], *, stored: bool) -> list[File]:
    """Return the files of the page.

    Args:
        sizes: The sizes of the large files in bytes, by address.
        stored: Whether the model came from IndexedDB.

    """
    base = str(URL.new(".", document.baseURI).href)
    entries = [
        *_entries("navigation"),
        *_entries("resource"),
    ]
    requests = [_request(entry, base) for entry in entries if entry["name"].startswith(base)]
    js_worker = getattr(getattr(navigator, "serviceWorker", None), "controller", None)
    worker = str(js_worker.scriptURL).removeprefix(base) if js_worker else ""
    return files_of(requests, sizes, worker, stored=stored)


def _entries(kind: str) -> list[dict[str, Any]]:
    """Return performance entries, transferred as JSON: a call for each value would be slow."""
    js_entries = performance.getEntriesByType(kind)
    entries: list[dict[str, Any]] = json.loads(JSON.stringify(js_entries))
    return entries


def _request(entry: Mapping[str, Any], base: str) -> Request:
    return Request(
        address=entry["name"].removeprefix(base).split("?")[0].split("#")[0],
        transfer_size=entry["transferSize"],
        encoded_size=entry["encodedBodySize"],
        decoded_size=entry["decodedBodySize"],
        by_worker=entry["workerStart"] > 0,
        delivery=entry.get("deliveryType", ""),
    )
