"""Run models in a page, through onnxruntime-web and through offline_onnx; compare the results."""

from __future__ import annotations

import asyncio
import base64
import json
import shutil
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.async_api import Error, async_playwright

from offline_onnx import Manifest, OfflineModelError
from offline_onnx.describe import describe
from offline_onnx.errors import SessionError
from offline_onnx.integrity import sha256
from offline_onnx_page.serving.server import serve_in_background
from tools.backend import cases
from tools.backend.tensors import difference, encode
from tools.cache import SCRATCH
from tools.console import say
from tools.env.engines import CHROMIUM_ARGUMENTS, find_chromium
from tools.site import bundle

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from playwright.async_api import Browser, BrowserType, Page

    from tools.backend.cases import Case

SITE = SCRATCH / "backend"
"""The generated folder of the page."""
PLAIN, LIBRARY, ISOLATED = RUNTIMES = ("onnxruntime_web", "offline_onnx", "isolated")
"""The functions of `page/runs.js`, each of which runs models in its own way."""
TIME_LIMIT_S = 60.0
"""Seconds that a model may take in each of RUNTIMES."""
_START_LIMIT_S = 300.0
"""Seconds that the page may take to start."""
_SHOWN_EVERY = 100
"""The progress is printed once for this many models."""
_MAX_REASON = 200
"""The maximum number of characters of the reason in a difference."""


@dataclass
class Results:
    """The results of all cases.

    Attributes:
        passes: the number of cases that passed, by the name in RUNTIMES, then by kind.
        differences: for each case that passes in onnxruntime-web alone and fails in offline_onnx,
            the name of the case (`test`), the runtime in which it fails, and the reason.
    """

    passes: dict[str, Counter[str]] = field(
        default_factory=lambda: {runtime: Counter() for runtime in RUNTIMES}
    )
    differences: list[dict[str, str]] = field(default_factory=list)

    def as_json(self) -> str:
        """Return the numbers of cases that pass, and the differences, as JSON."""
        counts = {f"{name}_passes": passes.total() for name, passes in self.passes.items()}
        return json.dumps({**counts, "differences": self.differences}, indent=1)

    def as_text(self) -> str:
        """Return as text how many cases pass, by kind and in all, and the differences."""
        lines = ["kind                onnxruntime-web  offline_onnx  isolated"]
        kinds = [kind for kind in cases.KINDS if self.passes[PLAIN][kind]]
        for kind in (*kinds, "all"):
            plain, library, isolated = (
                passes.total() if kind == "all" else passes[kind] for passes in self.passes.values()
            )
            lines.append(f"{kind:<19} {plain:>15,}  {library:>12,}  {isolated:>8,}")
        lines.append(f"{len(self.differences)} differences")
        lines += ["{test}, {runtime}: {reason}".format(**each) for each in self.differences]
        return "\n".join(lines)


def command(*, count: int | None, as_json: bool) -> int:
    """Run the tests and print how many pass; return 1 if there is a difference, else 0.

    Args:
        count: the number of tests; None for all.
        as_json: print JSON instead of text.
    """
    results = measure(count)
    print(results.as_json() if as_json else results.as_text())
    return int(bool(results.differences))


def measure(count: int | None) -> Results:
    """Run `count` tests, or all if it is None, in onnxruntime-web and in offline_onnx.

    A model that fails in onnxruntime-web alone is not run in offline_onnx. A model that fails only
    in offline_onnx is run again in a new page, in case an earlier model caused the failure.
    """
    shutil.copytree(Path(__file__).parent / "page", SITE, dirs_exist_ok=True)
    bundle.bundle_page(SITE)
    executable = find_chromium()
    say("Generating the tests of the package onnx ...")
    chosen = cases.load(count)
    with serve_in_background(SITE) as address:
        return asyncio.run(_measure(chosen, address, executable))


async def _measure(chosen: list[Case], address: str, executable: str) -> Results:
    results = Results()
    async with (
        async_playwright() as playwright,
        _open_tab(playwright.chromium, address, executable) as tab,
    ):
        for number, case in enumerate(chosen):
            if number % _SHOWN_EVERY == 0:
                say(f"{number} of {len(chosen)} models, {len(results.differences)} differences ...")
            await _measure_case(case, tab, results)
    return results


async def _measure_case(case: Case, tab: Tab, results: Results) -> None:
    """Run a case in onnxruntime-web alone; if it passes, run it in the other RUNTIMES, too."""
    try:
        feeds = [{name: encode(v) for name, v in run.inputs.items()} for run in case.runs]
    except TypeError:  # onnxruntime-web accepts no sequences and no optional values
        return
    given: dict[str, Any] = {
        "model": base64.b64encode(case.content).decode(),
        "feeds": feeds,
    }
    if await tab.failure(case, PLAIN, given):
        return
    results.passes[PLAIN][case.kind] += 1
    try:
        given["manifest"] = (await _describe(case)).to_json()
        reason = ""
    except OfflineModelError as error:
        reason = str(error)
    for runtime in (LIBRARY, ISOLATED):
        failure = reason or await tab.failure(case, runtime, given)
        if failure and not reason:
            await tab.close()
            failure = await tab.failure(case, runtime, given)
        if failure:
            shown = " ".join(failure.split())[:_MAX_REASON]
            results.differences.append({"test": str(case), "runtime": runtime, "reason": shown})
        else:
            results.passes[runtime][case.kind] += 1


async def _describe(case: Case) -> Manifest:
    """Return the manifest of a model.

    Native onnxruntime can't open a few models that onnxruntime-web can, because they need a locale
    that this machine may lack. Their manifests have no self-test.
    """
    fields: dict[str, Any] = {"name": case.name, "version": "1", "file": "model.onnx"}
    try:
        return await describe(case.content, **fields)
    except SessionError:
        digest, size = sha256(case.content), len(case.content)
        inputs, outputs = case.specs()
        return Manifest(
            **fields,
            size=size,
            sha256=digest,
            chunk_size=size,
            chunks=(digest,),
            inputs=inputs,
            outputs=outputs,
        )


@dataclass
class Tab:
    """The page, in its own browser. After a crash or a timeout, the next call starts a new browser.

    Attributes:
        chromium: starts browsers.
        address: the address of the page.
        executable: the path of the browser.
    """

    chromium: BrowserType
    address: str
    executable: str
    _browser: Browser | None = None
    _page: Page | None = None

    async def failure(self, case: Case, runtime: str, given: dict[str, Any]) -> str:
        """Run a case in one of RUNTIMES; return why it fails, or "" if it passes."""
        page = self._page or await self._open()
        try:
            async with asyncio.timeout(TIME_LIMIT_S):
                answer = await page.evaluate(f"given => backend.{runtime}(given)", given)
        except (Error, TimeoutError) as error:
            await self.close()
            is_late = isinstance(error, TimeoutError)
            return f"no answer within {TIME_LIMIT_S:.0f} seconds" if is_late else str(error)
        if answer.get("hasCrashed"):
            await self.close()
        if "error" in answer:
            return _last_line(answer["error"])
        return difference(case, answer["results"])

    async def _open(self) -> Page:
        self._browser = await self.chromium.launch(
            executable_path=self.executable, args=CHROMIUM_ARGUMENTS
        )
        context = await self._browser.new_context(service_workers="block")
        page = await context.new_page()
        await page.goto(self.address)
        ready = page.locator("html[data-backend=ready]")
        await ready.wait_for(state="attached", timeout=1000 * _START_LIMIT_S)
        self._page = page
        return page

    async def close(self) -> None:
        """End the browser."""
        if self._browser:
            await self._browser.close()
        self._browser = self._page = None


@asynccontextmanager
async def _open_tab(chromium: BrowserType, address: str, executable: str) -> AsyncGenerator[Tab]:
    tab = Tab(chromium, address, executable)
    try:
        yield tab
    finally:
        await tab.close()


def _last_line(text: str) -> str:
    """Return the last line of an error's message. Messages from Python begin with a traceback."""
    return (text.strip().splitlines() or ["no reason was given"])[-1]
