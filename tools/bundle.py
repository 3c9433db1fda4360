"""The site: everything that the page needs, in one static folder.

The sources (index.html, style.css, boot.js, icon) lie in web/. The build adds `built/` and
`service-worker.js`, and nothing else. Every folder in `built/` carries the hash of its content in
its name, so that a file's address never means two contents.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools import npm, venv, wheel
from tools.report import BuildError, say

if TYPE_CHECKING:
    from pathlib import Path

WEB = venv.ROOT / "web"
MODEL = venv.ROOT / "model"
SCRATCH = venv.ROOT / ".build"
TEXTS = venv.ROOT / "py" / "digits" / "text.json"
BUILT, WORKER = "built", "service-worker.js"
_GENERATED = shutil.ignore_patterns(BUILT, WORKER)

PYODIDE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
ONNXRUNTIME = ("ort.wasm.min.mjs", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm")
MANIFEST = "digits.json"


@dataclass(frozen=True)
class Part:
    """A folder of the site: its name and the files that go into it."""

    name: str
    files: list[Path]

    def place(self, built: Path) -> str:
        """Copy the files to a folder named after them and their content; give its name."""
        digest = hashlib.sha256()
        for file in self.files:
            if not file.is_file():
                raise BuildError(f"{file} is missing; the {self.name} part of the site needs it.")
            digest.update(file.name.encode() + b"\0" + file.read_bytes())
        folder = built / f"{self.name}-{digest.hexdigest()[:12]}"
        folder.mkdir(parents=True)
        for file in self.files:
            shutil.copyfile(file, folder / file.name)
        return folder.name


def bundle(site: Path, model: Path) -> None:
    """Complete the site in `site` with the model in `model`, unless it is complete already."""
    npm.install()
    inputs = _fingerprint(model)
    stamp = site / BUILT / ".inputs"
    if stamp.exists() and stamp.read_text("utf-8") == inputs and (site / WORKER).exists():
        return
    say(f"Bundling the site into {site} ...")
    stage = SCRATCH / "stage"
    shutil.rmtree(stage, ignore_errors=True)
    shutil.copytree(WEB, stage, ignore=_GENERATED)
    _fill(stage / BUILT, model)
    write_service_worker(stage)
    (stage / BUILT / ".inputs").write_text(inputs, "utf-8")
    if site != WEB:
        shutil.copytree(WEB, site, ignore=_GENERATED, dirs_exist_ok=True)
    shutil.rmtree(site / BUILT, ignore_errors=True)
    shutil.move(stage / BUILT, site / BUILT)
    shutil.move(stage / WORKER, site / WORKER)
    shutil.rmtree(stage)
    total = sum(file.stat().st_size for file in site.rglob("*") if file.is_file())
    say(f"The site is ready: {total / 1e6:.1f} MB before compression.")


def write_service_worker(site: Path) -> None:
    """Have Workbox write the service worker that keeps every file of the site."""
    (site / WORKER).unlink(missing_ok=True)
    npm.node(
        "Writing the service worker", str(venv.ROOT / "tools" / "service_worker.mjs"), str(site)
    )


def _fill(built: Path, model: Path) -> None:
    packages = npm.PACKAGES
    ours = wheel.build(SCRATCH / "wheel")
    parts = {
        "pyodide": [packages / "pyodide" / name for name in PYODIDE],
        "onnxruntime": [packages / "onnxruntime-web" / "dist" / name for name in ONNXRUNTIME],
        "idb": [packages / "idb" / "build" / "index.js"],
        "python": [ours, wheel.write_lock(ours)],
        "model": [model / MANIFEST, model / _model_file(model)],
    }
    folders = {name: Part(name, files).place(built) for name, files in parts.items()}
    fetched = (".wasm", ".zip", ".whl", ".onnx")
    sizes = {
        f"{BUILT}/{file.relative_to(built).as_posix()}": file.stat().st_size
        for file in sorted(built.rglob("*"))
        if file.suffix in fetched
    }
    site = {
        "folders": {name: f"{BUILT}/{folder}/" for name, folder in folders.items()},
        "sizes": sizes,
        "text": json.loads(TEXTS.read_text("utf-8")),
    }
    lines = (
        f"export const {key} = {json.dumps(value, indent=1)};\n" for key, value in site.items()
    )
    note = "// Written by build.py: where the parts are, their bytes, and what the page says.\n"
    (built / "site.js").write_text(note + "".join(lines), "utf-8")


def _model_file(model: Path) -> str:
    manifest = model / MANIFEST
    if not manifest.is_file():
        raise BuildError(f"{manifest} is missing; `python build.py` makes it.")
    return str(json.loads(manifest.read_text("utf-8"))["file"])


def _fingerprint(model: Path) -> str:
    """Digest all that the site is made from."""
    here = venv.ROOT
    files = [*_files(here / "py"), *_files(here / "tools"), *_files(WEB)]
    files += [here / name for name in ("pyproject.toml", "package-lock.json", "README.md")]
    files += [here / "locks" / "bundle.txt", *sorted(model.glob("digits.*"))]
    digest = hashlib.sha256(str(model).encode())
    for file in files:
        digest.update(str(file).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _files(folder: Path) -> list[Path]:
    generated = (WEB / BUILT, WEB / WORKER)
    return [
        file
        for file in sorted(folder.rglob("*"))
        if file.is_file()
        and "__pycache__" not in file.parts
        and not any(file.is_relative_to(other) for other in generated)
    ]
