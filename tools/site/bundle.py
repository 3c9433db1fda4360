"""The site: everything that the page needs, in one static folder.

The app's sources (index.html, style.css, boot.js, icons) lie in web/, another page's in a folder of
its own. The build adds `built/` and `service-worker.js`, and nothing else.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from tools.cache import BUILT, SCRATCH, WORKER, files, fingerprint
from tools.console import BuildError, say
from tools.env import npm, venv
from tools.lean.library import PACKAGES, Code
from tools.site import sizes, webmanifest
from tools.site.parts import fill

if TYPE_CHECKING:
    from collections.abc import Callable

WEB = venv.ROOT / "web"
MODEL = venv.ROOT / "model"
NODE_SCRIPTS = venv.ROOT / "tools" / "node"
TEXTS = venv.ROOT / "py" / "digits" / "text.json"
_GENERATED = shutil.ignore_patterns(BUILT, f"{WORKER}*", ".*")
COMPRESSED = SCRATCH / "compressed"
_INCOMPRESSIBLE = {".onnx", ".br", ".gz"}

MANIFEST = "digits.json"
LIBRARY = Code(["offline_onnx"], "offline_onnx.browser", whole=True)
APP = Code(["offline_onnx", "digits"], "digits.page.main", whole=False)


def bundle(site: Path, model: Path) -> None:
    """Complete the app's site in `site` with the model in `model`, unless it is complete."""
    npm.install()
    if not (model / MANIFEST).is_file():
        raise BuildError(f"{model / MANIFEST} is missing; `python build.py` makes it.")

    def fill_in(built: Path) -> None:
        text = json.loads(TEXTS.read_text("utf-8"))
        fill(built, APP, model / MANIFEST, {"text": text})
        webmanifest.write(built, text)

    inputs = fingerprint([PACKAGES, WEB, *sorted(model.glob("digits.*"))])
    _make(WEB, site, inputs, fill_in, "offline-digits", [])


def bundle_page(folder: Path) -> None:
    """Add to any page's folder what it needs to run Python and models with no network.

    The models beside the page are not for the service worker to keep: they are kept in IndexedDB.
    """
    npm.install()
    if not (folder / "index.html").is_file():
        raise BuildError(f"{folder} has no index.html: it is no page.")
    models = [file.relative_to(folder).as_posix() for file in _models(folder)]
    inputs = fingerprint([PACKAGES, folder])
    _make(
        folder,
        folder,
        inputs,
        lambda built: fill(built, LIBRARY, None, {}),
        "offline-onnx",
        models,
    )


def _make(
    source: Path,
    site: Path,
    inputs: str,
    fill_in: Callable[[Path], None],
    cache: str,
    left: list[str],
) -> None:
    """Build a site beside its old self, then put it in its place.

    inputs: what it is made from; if that has not changed, nothing is done. cache: the name of the
    service worker's cache. left: the files that the service worker does not keep.
    """
    stamp = site / BUILT / ".inputs"
    if stamp.exists() and stamp.read_text("utf-8") == inputs and (site / WORKER).exists():
        return
    say(f"Bundling the site into {site} ...")
    SCRATCH.mkdir(exist_ok=True)
    stage = Path(mkdtemp(dir=SCRATCH))
    shutil.copytree(source, stage, ignore=_GENERATED, dirs_exist_ok=True)
    fill_in(stage / BUILT)
    write_service_worker(stage, cache, *left)
    compress([stage / WORKER, *sorted((stage / BUILT).rglob("*"))])
    (stage / BUILT / ".inputs").write_text(inputs, "utf-8")
    if site != source:
        shutil.copytree(source, site, ignore=_GENERATED, dirs_exist_ok=True)
    shutil.rmtree(site / BUILT, ignore_errors=True)
    shutil.move(stage / BUILT, site / BUILT)
    for file in stage.glob(f"{WORKER}*"):
        shutil.move(file, site / file.name)
    shutil.rmtree(stage)
    say(f"The site is ready: {sizes.told(site)}.")


def write_service_worker(site: Path, cache: str = "offline-digits", *left: str) -> None:
    """Have Workbox write the service worker that keeps every file of the site but those left."""
    (site / WORKER).unlink(missing_ok=True)
    script = NODE_SCRIPTS / "service_worker.mjs"
    npm.node("Writing the service worker", str(script), str(site), cache, *left)


def compress(files: list[Path]) -> None:
    """Write `.br` and `.gz` beside files, for servers to send: not of models, fetched in parts."""
    named = [str(file) for file in files if file.is_file() and file.suffix not in _INCOMPRESSIBLE]
    npm.node("Compressing", str(NODE_SCRIPTS / "compress.mjs"), str(COMPRESSED), *named)


def _models(folder: Path) -> list[Path]:
    """Find the models in a folder and their manifests."""
    models = [file for file in files(folder) if file.suffix == ".onnx"]
    names = {file.name for file in models}
    manifests = [
        file for file in files(folder) if file.suffix == ".json" and _named_file(file) in names
    ]
    return [*models, *manifests]


def _named_file(manifest: Path) -> object:
    try:
        raw = json.loads(manifest.read_text("utf-8"))
    except ValueError:
        return None
    return raw.get("file") if isinstance(raw, dict) else None
