"""The panel that tells how the page works, with the figures of this device and this visit."""

from __future__ import annotations

import sys
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING

import pyodide_js
from js import document

from digits.facts.how_it_works import FROM_STORE, Facts, steps
from digits.facts.timing import measure
from digits.page.panels import visit
from digits.page.panels.about_files import FileList
from digits.page.panels.about_steps import Steps
from digits.page.panels.at_rest import AtRest
from offline_onnx import OfflineModelError
from offline_onnx.browser.quota import StorageInfo, storage_info

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digits.app import Digit
    from digits.facts.timing import Times
    from digits.page.main import Page


def open_panel(page: Page) -> About:
    """Give the panel of a page that has started."""
    return About(page)


class About:
    """Shows what is known at once, and what has to be measured when the pen has rested."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._steps = Steps()
        self._list = FileList(page.words)
        self._storage = StorageInfo(None, None, persistent=False)
        self._measured: Sequence[Digit] | None = None
        self._times: Times | None = None
        self._sizes = page.js_boot.sizes.to_py()
        self._at_rest = AtRest(page, self._renew, page.app.number)
        self._show()

    def refresh(self) -> None:
        """Have the figures renewed, unless another reading comes before the pen has rested."""
        self._at_rest.ask(self._page.app.number)

    async def _renew(self) -> None:
        self._storage = await storage_info()
        await self._measure(self._page.app.number)
        self._show()

    async def _measure(self, number: Sequence[Digit]) -> None:
        """Measure a reading, once; if the drawing goes on meanwhile, the next one is measured."""
        if number is self._measured:
            return
        times = None
        with suppress(OfflineModelError):  # that it can't be read is told where it is read
            times = await measure(self._page.app)
        if times or not number:
            self._measured, self._times = number, times

    def _show(self) -> None:
        model = self._page.app.model
        stored = model is not None and model.origin in FROM_STORE
        js_runtime = import_module("onnxruntime_web").env
        facts = Facts(
            files=visit.files(self._sizes, stored=stored),
            python=sys.version.split()[0],
            start=str(document.documentElement.dataset.python),
            started=visit.started() if model else None,
            memory=int(pyodide_js._module.HEAP8.length),
            runtime=str(js_runtime.versions.web),
            threads=int(js_runtime.wasm.numThreads),
            model=model,
            times=self._times,
            usage=self._storage.usage,
            quota=self._storage.quota,
            persistent=self._storage.persistent,
        )
        self._steps.show(steps(facts, self._page.words))
        self._list.show(facts.files)
