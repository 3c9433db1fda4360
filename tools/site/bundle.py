"""Build a site: all that a page needs, in one static folder.

The app's sources (index.html, style.css, boot.js, icons) are in web/, another page's in a folder of
its own. The build adds `built/` and `service-worker.js` to them.
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
from tools.site import parts, sizes, webmanifest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

WEB = venv.ROOT / "web"
MODEL = venv.ROOT / "model"
NODE_SCRIPTS = venv.ROOT / "tools" / "node"
TEXTS = venv.ROOT / "py" / "digits" / "text.json"
COMPRESSED = SCRATCH / "compressed"
"""Cache of compressed files, by the hash of what they were compressed from."""
_STAMP = ".inputs"
"""The file in `built/` that says what a site was built from; it is written last."""
_GENERATED = (BUILT, f"{SERVICE_WORKER}*", ".*")
_INCOMPRESSIBLE = {".onnx", ".br", ".gz"}
_STAGE, _ASIDE = "stage-", ".replacing-"

MANIFEST = "digits.json"
LIBRARY = Code(["offline_onnx"], "offline_onnx.browser", has_full_library=True)
APP = Code(["offline_onnx", "digits"], "digits.page.main", has_full_library=False)


@dataclass(frozen=True)
class Site:
    """A site to build.

    Attributes:
        source: the folder of the page's own files.
        folder: where the site is built; it may be the same folder.
        write_parts: writes what belongs in `built/` into the folder that it is given.
        cache: the name of the service worker's cache.
        not_stored: paths of files that the service worker does not store.
    """

    source: Path
    folder: Path
    write_parts: Callable[[Path], None]
    cache: str
    not_stored: Sequence[str]


def command(*, folder: Path | None) -> None:
    """Build the app's site in web/, or complete the page in `folder`."""
    if folder:
        bundle_page(folder.resolve())
    else:
        bundle(WEB, MODEL)


def bundle(folder: Path, model: Path) -> None:
    """Build the app's site in `folder` with the model in the folder `model`, unless it is there.

    Raises:
        BuildError: There is no model, or a step failed.
    """
    npm.install()
    if not (model / MANIFEST).is_file():
        raise BuildError(f"{model / MANIFEST} is missing; `python build.py` makes it.")

    def write_parts(built: Path) -> None:
        text = json.loads(TEXTS.read_text("utf-8"))
        parts.write(built, APP, model / MANIFEST, {"text": text})
        webmanifest.write(built, text)

    site = Site(WEB, folder, write_parts, "offline-digits", [])
    _build(site, app_inputs(model))


def app_inputs(model: Path) -> Inputs:
    """Return what the app's site with the model in the folder `model` depends on."""
    return _inputs(WEB, *sorted(model.glob("digits.*")))


def bundle_page(folder: Path) -> None:
    """Add to any page's folder what it needs to run Python and models without a network.

    The service worker does not store the models beside the page, as IndexedDB will.

    Raises:
        BuildError: There is no index.html, or a step failed.
    """
    npm.install()
    if not (folder / "index.html").is_file():
        raise BuildError(f"{folder} has no index.html: it is no page.")
    models = [file.relative_to(folder).as_posix() for file in _models(folder)]

    def write_parts(built: Path) -> None:
        parts.write(built, LIBRARY, None, {})

    _build(Site(folder, folder, write_parts, "offline-onnx", models), _inputs(folder))


def _inputs(*files: Path) -> Inputs:
    """Return what a site depends on: the given files and all that each site contains."""
    common = (PACKAGES, NODE_SCRIPTS, parts.SCRIPTS, interpreter.RECORDED, npm.LOCK)
    return Inputs(__name__, files=(*common, *files))


def _build(site: Site, inputs: Inputs) -> None:
    """Build a site aside, then put it in place, unless it was built from the same inputs."""
    key, stamp = inputs.key(), site.folder / BUILT / _STAMP
    if (
        stamp.exists()
        and stamp.read_text("utf-8") == key
        and (site.folder / SERVICE_WORKER).exists()
    ):
        return
    say(f"Bundling the site into {site.folder} ...")
    SCRATCH.mkdir(exist_ok=True)
    delete_unused(SCRATCH.glob(f"{_STAGE}*"))  # of builds that were killed
    with TemporaryDirectory(dir=SCRATCH, prefix=_STAGE) as temporary:
        stage = Path(temporary)
        ignore = shutil.ignore_patterns(*_GENERATED)
        shutil.copytree(site.source, stage, ignore=ignore, dirs_exist_ok=True)
        site.write_parts(stage / BUILT)
        write_service_worker(stage, site.cache, *site.not_stored)
        compress([stage / SERVICE_WORKER, *sorted((stage / BUILT).rglob("*"))])
        if site.folder == site.source:
            new = [stage / BUILT, *stage.glob(f"{SERVICE_WORKER}*")]
        else:
            new = sorted(stage.iterdir())
        replace(site.folder, new)
    stamp.write_text(key, "utf-8")
    say(f"The site is ready: {sizes.summary(site.folder)}.")


def replace(folder: Path, new: Sequence[Path]) -> None:
    """Move files and folders into `folder`, in place of those with their names: all or none.

    Everything is first moved to a hidden folder beside the target, which may fail or take long.
    Then follow renames; if one fails, those before it are undone. If the process is killed between
    them, the site has no stamp and the next build replaces it; it also deletes the hidden folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for abandoned in folder.glob(f"{_ASIDE}*"):
        shutil.rmtree(abandoned)
    with TemporaryDirectory(dir=folder, prefix=_ASIDE) as aside, ExitStack() as undo:
        coming, replaced = Path(aside) / "new", Path(aside) / "old"
        for place in (coming, replaced):
            place.mkdir()
        for each in new:  # another file system would make this a copy
            shutil.move(each, coming / each.name)
        for each in new:
            target = folder / each.name
            if target.exists():
                target.rename(replaced / each.name)
                undo.callback((replaced / each.name).rename, target)
            (coming / each.name).rename(target)
            undo.callback(target.rename, coming / each.name)
        undo.pop_all()


def write_service_worker(site: Path, cache: str = "offline-digits", *not_stored: str) -> None:
    """Have Workbox write the service worker, which stores all files of the site but those named."""
    (site / SERVICE_WORKER).unlink(missing_ok=True)
    script = NODE_SCRIPTS / "service_worker.mjs"
    npm.node("Writing the service worker", str(script), str(site), cache, *not_stored)


def compress(files: Sequence[Path]) -> None:
    """Write `.br` and `.gz` beside files, for servers to send.

    Models are left out: they are fetched in ranges of bytes.
    """
    named = [str(file) for file in files if file.is_file() and file.suffix not in _INCOMPRESSIBLE]
    npm.node("Compressing", str(NODE_SCRIPTS / "compress.mjs"), str(COMPRESSED), *named)
    delete_unused(COMPRESSED.iterdir())


def _models(folder: Path) -> list[Path]:
    """Find the models in a folder and their manifests."""
    models = [file for file in sources(folder) if file.suffix == ".onnx"]
    names = {file.name for file in models}
    manifests = [
        file for file in sources(folder) if file.suffix == ".json" and _named_file(file) in names
    ]
    return [*models, *manifests]


def _named_file(manifest: Path) -> object:
    """Return the model that a manifest names, or None for a file that is no manifest."""
    try:
        raw = json.loads(manifest.read_text("utf-8"))
    except ValueError:
        return None
    return raw.get("file") if isinstance(raw, dict) else None
