"""Build a site: one static folder with all files that a page needs.

The app's sources (page.html, style.css, early.js, boot.js, icons) are in web/; another page has a
folder of its own. The build adds `built/` and `service-worker.js`, and for the app `index.html`.
"""

from __future__ import annotations

import json
import shutil
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from tools.cache import BUILT, SCRATCH, SERVICE_WORKER, Inputs, delete_unused, sources
from tools.console import BuildError, say
from tools.env import npm, venv
from tools.lean import interpreter
from tools.lean.library import PACKAGES, Code
from tools.site import page, parts, sizes, webmanifest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

WEB = venv.ROOT / "web"
MODEL = venv.ROOT / "model"
NODE_SCRIPTS = venv.ROOT / "tools" / "node"
TEXTS = venv.ROOT / "py" / "digits" / "text.json"
COMPRESSED = SCRATCH / "compressed"
"""The cache of compressed files. Their names are the digests of the uncompressed files."""
WORKER_TEMPLATES = SCRATCH / "worker-templates"
"""The cache of service workers without the list of files, see tools/node/service_worker.mjs."""
_STAMP = ".inputs"
"""The file in `built/` with the digest of the build's inputs; it is written last."""
_GENERATED = (BUILT, f"{SERVICE_WORKER}*")
"""Glob patterns of the files that the build adds to every site."""
COMPRESSED_SUFFIXES = (".br", ".gz")
_MODEL_SUFFIXES = (".onnx", ".ort")
_NOT_COMPRESSED = {*_MODEL_SUFFIXES, *COMPRESSED_SUFFIXES}
_STAGE_PREFIX = "stage-"
"""The prefix of the folders in .build/ in which a site is built."""
_REPLACING_PREFIX = ".replacing-"
"""The prefix of the folder in a site in which `replace` stores the new and the old files."""

MANIFEST = "digits.json"
BOOT_PREFIXES = ("failed_", "framed", "progress", "step_")
"""The beginnings of the keys of the texts that boot.js shows: see py/digits/text.json."""
LIBRARY_CODE = Code(["offline_onnx"], "offline_onnx.browser", has_full_library=True)
"""The Python code that the build adds to pages other than the app."""
APP_CODE = Code(["offline_onnx", "digits"], "digits.page.main", has_full_library=False)


@dataclass(frozen=True)
class SiteBuild:
    """How to build a site.

    Attributes:
        source: the folder with the page's source files.
        folder: the folder of the finished site; it may be the same as `source`.
        write: a function that adds `built/` and the other generated files, except the service
            worker, to a copy of `source`.
        generated: the names of the files that `write` adds outside `built/`.
        compressed: the names of the files outside `built/` that are compressed.
        cache: the name of the service worker's cache.
        not_stored: paths of files that the service worker does not store.
    """

    source: Path
    folder: Path
    write: Callable[[Path], None]
    generated: Sequence[str]
    compressed: Sequence[str]
    cache: str
    not_stored: Sequence[str]


def command(*, folder: Path | None, address: str | None) -> None:
    """Build the app's site in web/, or add the generated files to the page in `folder`.

    Args:
        folder: the folder of a page; None for the app.
        address: the address at which the app will be published; None if it is unknown.
    """
    if folder:
        bundle_page(folder.resolve())
    else:
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
        parts.write(site / BUILT, APP_CODE, model / MANIFEST, {"text": boot_texts}, compress)
        webmanifest.write(site / BUILT, texts)
        page.write(site, texts, address)

    site = SiteBuild(
        source=WEB,
        folder=folder,
        write=write,
        generated=[page.INDEX],
        compressed=[page.INDEX, "style.css", "early.js", "boot.js"],
        cache="offline-digits",
        not_stored=page.FOR_CRAWLERS,
    )
    _build(site, f"{app_inputs(model).key()} {address}".strip())


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

    The service worker does not store the models in the folder, because the page stores them in
    IndexedDB.

    Raises:
        BuildError: The folder has no index.html, or a step failed.
    """
    npm.install()
    if not (folder / "index.html").is_file():
        raise BuildError(f"{folder} has no index.html, so it is not a page: choose another folder.")
    models = [file.relative_to(folder).as_posix() for file in _models_and_manifests(folder)]

    def write(site: Path) -> None:
        parts.write(site / BUILT, LIBRARY_CODE, None, {}, compress)

    site = SiteBuild(
        source=folder,
        folder=folder,
        write=write,
        generated=[],
        compressed=[],
        cache="offline-onnx",
        not_stored=models,
    )
    _build(site, _inputs(folder).key())


def _inputs(*files: Path) -> Inputs:
    """Return what a site is built from: the given files, and the files that all sites need."""
    common = (PACKAGES, NODE_SCRIPTS, parts.SCRIPTS, interpreter.RECORDED, npm.LOCK)
    return Inputs(__name__, files=(*common, *files))


def _build(site: SiteBuild, key: str) -> None:
    """Build a site in a temporary folder and move it into place, unless it is up to date.

    Args:
        site: how to build it.
        key: a text that changes whenever an input of the build changes.
    """
    stamp = site.folder / BUILT / _STAMP
    compressed = [f"{name}{suffix}" for name in site.compressed for suffix in COMPRESSED_SUFFIXES]
    generated = (*_GENERATED, *site.generated, *compressed)
    needed = [stamp, *(site.folder / name for name in (SERVICE_WORKER, *site.generated))]
    if all(file.exists() for file in needed) and stamp.read_text("utf-8") == key:
        return
    say(f"Bundling the site into {site.folder} ...")
    SCRATCH.mkdir(exist_ok=True)
    delete_unused(SCRATCH.glob(f"{_STAGE_PREFIX}*"))  # folders of builds that were killed
    with TemporaryDirectory(dir=SCRATCH, prefix=_STAGE_PREFIX) as temporary:
        stage = Path(temporary)
        ignore = shutil.ignore_patterns(*generated, ".*")
        shutil.copytree(site.source, stage, ignore=ignore, dirs_exist_ok=True)
        site.write(stage)
        write_service_worker(stage, site.cache, *site.not_stored)
        outside = [stage / name for name in (SERVICE_WORKER, *site.compressed)]
        compress([*outside, *sorted((stage / BUILT).rglob("*"))])
        if site.folder == site.source:
            new = [file for pattern in generated for file in stage.glob(pattern)]
        else:
            new = sorted(stage.iterdir())
        replace(site.folder, new)
    stamp.write_text(key, "utf-8")
    say(f"The site is ready: {sizes.summary(site.folder)}.")


def replace(folder: Path, new: Sequence[Path]) -> None:
    """Move files and folders into `folder` and replace those of the same names: all or none.

    The new files are first moved into a hidden folder inside `folder`. This may take long; if it
    fails, the site stays as it was. Then the old site's stamp is moved away, and old and new files
    are renamed. If a rename fails, the earlier renames are undone. If the process is killed between
    two renames, the site has no stamp, so the next build replaces it. A hidden folder that a killed
    process has left is deleted by a build after a day: a newer one may be in use by another
    process.
    """
    folder.mkdir(parents=True, exist_ok=True)
    delete_unused(folder.glob(f"{_REPLACING_PREFIX}*"))  # folders of builds that were killed
    with TemporaryDirectory(dir=folder, prefix=_REPLACING_PREFIX) as hidden, ExitStack() as undo:
        incoming, replaced = Path(hidden) / "new", Path(hidden) / "old"
        for subfolder in (incoming, replaced):
            subfolder.mkdir()
        for file in new:  # between two file systems, `move` copies
            shutil.move(file, incoming / file.name)

        def rename(source: Path, target: Path) -> None:
            if source.exists():
                source.rename(target)
                undo.callback(target.rename, source)

        rename(folder / BUILT / _STAMP, replaced / _STAMP)
        for file in new:
            rename(folder / file.name, replaced / file.name)
            rename(incoming / file.name, folder / file.name)
        undo.pop_all()


def write_service_worker(site: Path, cache: str = "offline-digits", *not_stored: str) -> None:
    """Write the service worker's script with Workbox.

    Args:
        site: the folder of the site. The service worker stores all of its files in the browser,
            except compressed ones and those that only custom models need.
        cache: the name of the service worker's cache.
        *not_stored: paths of further files that it does not store.
    """
    (site / SERVICE_WORKER).unlink(missing_ok=True)
    arguments = (NODE_SCRIPTS / "service_worker.mjs", site, cache, WORKER_TEMPLATES, *not_stored)
    npm.node("Writing the service worker", *map(str, arguments))
    delete_unused(WORKER_TEMPLATES.iterdir())


def compress(files: Sequence[Path]) -> None:
    """Write FILE.br and FILE.gz beside each FILE, for servers to send.

    Models are not compressed: an interrupted download resumes in the middle of the file.
    """
    paths = [str(file) for file in files if file.is_file() and file.suffix not in _NOT_COMPRESSED]
    npm.node("Compressing", str(NODE_SCRIPTS / "compress.mjs"), str(COMPRESSED), *paths)
    delete_unused(COMPRESSED.iterdir())


def _models_and_manifests(folder: Path) -> list[Path]:
    """Return the models in a folder, the files with their external data, and their manifests."""
    files = sources(folder)
    models = [file for file in files if file.suffix in _MODEL_SUFFIXES]
    external = {file.parent / name for file in models for name in _external_files(file)}
    names = {file.name for file in models}
    manifests = [file for file in files if file.suffix == ".json" and _model_name(file) in names]
    return [*models, *(file for file in files if file in external), *manifests]


def _external_files(model: Path) -> tuple[str, ...]:
    """Return the names of the files with a model's external data."""
    # Imported here, because build.py adds the library's folder to the path only after its start.
    from offline_onnx.errors import OfflineModelError
    from offline_onnx.onnxruntime_api.external_data import external_files

    content = model.read_bytes()
    try:
        return external_files(len(content), lambda start, stop: content[start:stop])
    except OfflineModelError as error:
        raise BuildError(f"{model}: {error}") from error


def _model_name(manifest: Path) -> object:
    """Return the file name of a manifest's model, or None for a file that is not a manifest."""
    try:
        raw = json.loads(manifest.read_text("utf-8"))
    except ValueError:
        return None
    return raw.get("file") if isinstance(raw, dict) else None
