"""Build the app's site, and the sites of the example, tests and benchmarks.

The app's sources (page.html, style.css, early.js, icons) are in web/. The build adds
`built/`, `service-worker.js` and `index.html`. Other pages are built from the same prebuilt files
as the pages of the library's users.
"""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from offline_onnx_page.errors import SiteError
from offline_onnx_page.site import service_worker
from offline_onnx_page.site.build import SiteBuild, build
from offline_onnx_page.site.compression import compressible
from offline_onnx_page.site.prebuilt import Prebuilt
from offline_onnx_page.site.replacement import delete_unused
from offline_onnx_page.site.sources import BUILT, COMPRESSED_SUFFIXES, sources
from offline_onnx_page.site.transfers import summary
from tools.cache import SCRATCH, Inputs, cached
from tools.console import BuildError, say
from tools.env import npm, venv
from tools.lean import interpreter, library
from tools.lean.library import PACKAGES
from tools.site import page, parts, sizes, webmanifest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WEB = venv.ROOT / "web"
MODEL = venv.ROOT / "model"
NODE_SCRIPTS = venv.ROOT / "tools" / "node"
TEXTS = venv.ROOT / "py" / "digits" / "text.json"
COMPRESSED = SCRATCH / "compressed"
"""The cache of compressed files. Their names are the digests of the uncompressed files."""
WORKER_TEMPLATES = SCRATCH / "worker-templates"
"""The cache of service workers without the list of files."""

MANIFEST = "digits.json"
BOOT_PREFIXES = ("failed_", "framed", "progress", "step_")
"""The beginnings of the keys of the texts that boot.js shows: see py/digits/text.json."""


def command(*, address: str | None) -> None:
    """Build the app's site in web/.

    Args:
        address: the address at which the app will be published; None if it is unknown.
    """
    bundle(WEB, MODEL, address or "")


def bundle(folder: Path, model: Path, address: str = "") -> None:
    """Build the app's site in `folder`, unless it is up to date.

    Args:
        folder: the folder of the finished site.
        model: the folder with the model and its manifest.
        address: the address at which the page will be published, "" if it is unknown.

    Raises:
        BuildError: The manifest is missing, or a step failed.
    """
    npm.install()
    if not (model / MANIFEST).is_file():
        raise BuildError(f"{model / MANIFEST} is missing; `python build.py` creates it.")

    def write(site: Path) -> None:
        texts = json.loads(TEXTS.read_text("utf-8"))
        boot_texts = {language: _boot_texts(words) for language, words in texts.items()}
        parts.write(site / BUILT, model / MANIFEST, {"text": boot_texts}, compress)
        webmanifest.write(site / BUILT, texts)
        page.write(site, texts, address)

    site = SiteBuild(
        source=WEB,
        folder=folder,
        scratch=SCRATCH,
        write=write,
        template=lambda stage: service_worker_template(stage).read_text("utf-8"),
        cache="offline-digits",
        generated=[page.INDEX],
        compressed=[page.INDEX, "style.css", "early.js"],
        is_stored=is_stored,
        compress=compress,
        say=say,
    )
    try:
        built = build(site, f"{app_inputs(model).key()} {address}".strip())
    except SiteError as error:
        raise BuildError(str(error)) from error
    if built:
        say(f"The site is ready: {summary(folder, sizes.is_counted)}.")


def is_stored(path: str) -> bool:
    """Return whether the app's service worker stores a file at once, given its path in the site."""
    return not path.startswith(f"{BUILT}/{sizes.ON_DEMAND}-") and path not in page.FOR_CRAWLERS


def _boot_texts(words: Mapping[str, str]) -> dict[str, str]:
    """Return the texts that boot.js shows. All others are in index.html and in Python's code."""
    return {key: text for key, text in words.items() if key.startswith(BOOT_PREFIXES)}


def app_inputs(model: Path) -> Inputs:
    """Return what the app's site, with the model in the folder `model`, is built from."""
    web_sources = [
        file
        for file in sources(WEB)
        if file.name != page.INDEX and file.suffix not in COMPRESSED_SUFFIXES
    ]
    return _inputs(*web_sources, *sorted(model.glob("digits.*")))


def bundle_page(folder: Path) -> None:
    """Add to a page's folder all files that it needs to run Python and models offline.

    Raises:
        BuildError: The folder has no index.html, or a step failed.
    """
    # Imported here, because it needs the package `packaging`, which the app's build does without.
    from offline_onnx_page.site.page import PageBuild, build_page

    try:
        build_page(
            PageBuild(
                source=folder,
                folder=folder,
                prebuilt=prebuilt(),
                scratch=SCRATCH,
                compress=compress,
                say=say,
            )
        )
    except SiteError as error:
        raise BuildError(str(error)) from error


def prebuilt() -> Prebuilt:
    """Return the prebuilt files, without compressed copies; see offline_onnx_page.site.prebuilt."""
    npm.install()
    template = service_worker_template()
    inputs = Inputs(
        parts.__name__,
        files=(
            PACKAGES / "offline_onnx",
            PACKAGES / "offline_onnx_page" / "site",
            parts.SCRIPTS,
            library.PAGE_PYTHON,
            NODE_SCRIPTS,
            template,
        ),
        packages=("onnxruntime-web", "pyodide", "rollup", "terser"),
    )
    write = partial(parts.write_prebuilt, service_worker_template=template)
    return Prebuilt(cached("prebuilt", write, inputs)[0].parent)


def _inputs(*files: Path) -> Inputs:
    """Return what the app is built from: the given files, and the code and scripts of the build."""
    scripts = (NODE_SCRIPTS, parts.SCRIPTS, library.PAGE_PYTHON)
    common = (PACKAGES, *scripts, interpreter.RECORDED, npm.LOCK)
    return Inputs(__name__, files=(*common, *files))


def service_worker_template(app: Path | None = None) -> Path:
    """Return the file of the service worker's script, in which the list of files is still missing.

    Args:
        app: the folder of the app's site, whose service worker does more; None for other pages.
    """
    arguments = (NODE_SCRIPTS / "service_worker_template.mjs", WORKER_TEMPLATES)
    more = () if app is None else (app,)
    printed = npm.node("Writing the service worker", *map(str, (*arguments, *more)))
    delete_unused(WORKER_TEMPLATES.iterdir())
    return Path(printed.strip())


def write_service_worker(site: Path, cache: str, *, is_app: bool = False) -> None:
    """Write the service worker's script for a site that is complete except for it.

    Args:
        site: the folder of the site.
        cache: the name of the service worker's cache.
        is_app: whether the site is that of the app.
    """
    template = service_worker_template(site if is_app else None).read_text("utf-8")
    service_worker.write(site, template, cache, is_stored if is_app else lambda _: True)


def compress(files: Sequence[Path]) -> None:
    """Write FILE.br and FILE.gz, as small as possible, beside each FILE that can be compressed."""
    paths = map(str, compressible(files))
    npm.node("Compressing", str(NODE_SCRIPTS / "compress.mjs"), str(COMPRESSED), *paths)
    delete_unused(COMPRESSED.iterdir())
