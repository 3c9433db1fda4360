"""Write the folders in `built/`: the interpreter, the runtime, the Python code, the model.

The name of each folder ends with a digest of its content. The content at a URL therefore never
changes, and browsers may cache it for ever.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from offline_onnx_page.site import prebuilt, site_script
from offline_onnx_page.site.sources import BUILT, SERVICE_WORKER
from offline_onnx_page.site.transfers import transfers
from tools.cache import Inputs, cached
from tools.console import BuildError
from tools.env import npm, venv
from tools.lean import interpreter, library, pyodide_js, runtime
from tools.lean.library import Code
from tools.site import sizes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

SCRIPTS = venv.ROOT / "tools" / "page_js"
JOIN_SCRIPT = venv.ROOT / "tools" / "node" / "join_scripts.mjs"
JOIN_VENDORS_SCRIPT = JOIN_SCRIPT.with_name("join_vendors.mjs")
APP_SCRIPTS = ("boot.js", "first_visit_worker.js")
"""The scripts of the app, without the modules that they import: these are joined to them."""
OTHER_PAGE_SCRIPTS = ("run.js", "first_visit_worker.js", "python_worker.js")
"""The same for pages other than the app."""
ON_DEMAND_SCRIPTS = ("refused.js", "worker_port.js")
"""The scripts that run.js imports only when it needs them."""
ISOLATED = [SCRIPTS / name for name in ("isolated.js", "model_worker.js")]
"""Scripts that run untrusted models with the onnxruntime-web in the same folder."""
LIBRARY_CODE = Code(["offline_onnx"], "offline_onnx.browser", has_full_library=True)
"""The Python code of pages other than the app."""
APP_CODE = Code(["offline_onnx", "digits"], "digits.page.main", has_full_library=False)


@dataclass(frozen=True)
class Part:
    """A folder in `built/`: its name without the digest, and the files to copy into it."""

    name: str
    files: list[Path]

    def copy_into(self, built: Path) -> str:
        """Copy the files into the folder NAME-DIGEST in `built`; return the folder's name."""
        digest = hashlib.sha256()
        for file in sorted(self.files, key=lambda file: file.name):
            if not file.is_file():
                raise BuildError(f"{file} is missing; the site's folder {self.name} needs it.")
            digest.update(file.name.encode() + b"\0" + file.read_bytes())
        folder = built / f"{self.name}-{digest.hexdigest()[:12]}"
        folder.mkdir(parents=True)
        for file in self.files:
            shutil.copyfile(file, folder / file.name)
        return folder.name


def write(
    built: Path,
    manifest: Path,
    exports: Mapping[str, object],
    compress: Callable[[Sequence[Path]], object],
) -> None:
    """Write all folders and scripts of the app's `built/`, and site.js, which lists the folders.

    Args:
        built: the folder to write to; its parent has the page's own files.
        manifest: the manifest of the app's own model, to which onnxruntime-web is trimmed.
        exports: further values that site.js exports, by their names.
        compress: compresses files; called before site.js is written, which lists the compressed
            sizes.
    """
    model = manifest.with_name(str(json.loads(manifest.read_text("utf-8"))["file"]))
    pyodide, onnxruntime = _interpreter(), _runtime(model)
    parts = [
        Part("python", _library(APP_CODE)),
        Part("pyodide", [file for file in pyodide if file.suffix != ".mjs"]),
        Part("onnxruntime", [file for file in onnxruntime if file.suffix != ".mjs"]),
        Part("vendors", _vendors([file for file in pyodide if file.suffix == ".mjs"])),
        Part("model", [manifest, model]),
        Part(sizes.ON_DEMAND, [*runtime.files(), *ISOLATED]),
    ]
    folders = _write_parts(built, parts, APP_SCRIPTS)
    compress(sorted(built.rglob("*")))
    site_script.write(
        built,
        {
            "folders": folders,
            **transfers(built.parent, sizes.is_counted),
            "module": APP_CODE.module,
            "lock": library.lock(),
            **exports,
        },
    )


def write_prebuilt(folder: Path, service_worker_template: Path) -> None:
    """Write the files that every page of the library's users needs: see `Prebuilt`.

    Args:
        folder: the folder to write to.
        service_worker_template: the script of the service worker without the list of files.
    """
    parts = [
        Part("python", _library(LIBRARY_CODE)),
        Part("pyodide", interpreter.files()),
        Part("onnxruntime", [*runtime.files(), *ISOLATED]),
    ]
    folders = _write_parts(folder / BUILT, parts, OTHER_PAGE_SCRIPTS)
    for script in ON_DEMAND_SCRIPTS:
        shutil.copyfile(SCRIPTS / script, folder / BUILT / script)
    shutil.copyfile(service_worker_template, folder / SERVICE_WORKER)
    prebuilt.write_list(folder, folders, LIBRARY_CODE.module, library.lock())


def _write_parts(built: Path, parts: Sequence[Part], scripts: Sequence[str]) -> dict[str, str]:
    """Write folders and scripts; return the paths of the folders in the site, by their names."""
    folders = {part.name: f"{BUILT}/{part.copy_into(built)}/" for part in parts}
    for script in scripts:
        join(SCRIPTS / script, built / script)
    return folders


def join(script: Path, target: Path) -> None:
    """Write a script, joined with the modules that it imports, except site.js beside `target`."""
    npm.node(f"Joining the modules of {script.name}", str(JOIN_SCRIPT), str(script), str(target))


def interpreter_inputs() -> Inputs:
    """Return what the cached, trimmed interpreter is built from."""
    return Inputs(
        interpreter.__name__,
        files=(interpreter.RECORDED, pyodide_js.NODE_SCRIPT),
        packages=("pyodide", "terser"),
    )


def runtime_inputs(model: Path) -> Inputs:
    """Return what the cached onnxruntime-web, trimmed to a model, is built from."""
    return Inputs(
        runtime.__name__, files=(runtime.NODE_SCRIPT, model), packages=("onnxruntime-web",)
    )


def library_inputs(code: Code) -> Inputs:
    """Return what the cached zip with a page's Python code is built from."""
    packages = [library.PACKAGES / name for name in code.packages]
    sources = (library.NODE_SCRIPT, *library.PYTHON_SCRIPTS, library.PAGE_PYTHON, *packages)
    return Inputs(library.__name__, files=sources, packages=("pyodide",))


def _interpreter() -> list[Path]:
    return cached("pyodide", interpreter.trim, interpreter_inputs())


def _runtime(model: Path) -> list[Path]:
    return cached("onnxruntime", partial(runtime.trim, model), runtime_inputs(model))


def _vendors(interpreter_scripts: Sequence[Path]) -> list[Path]:
    """Return vendors.js, which has Pyodide's and onnxruntime-web's scripts."""
    scripts = [*sorted(interpreter_scripts, key=lambda file: interpreter.FILES.index(file.name))]
    scripts.append(runtime.RELEASE / "ort.wasm.bundle.min.mjs")

    def join(folder: Path) -> None:
        arguments = (JOIN_VENDORS_SCRIPT, *scripts, folder / "vendors.js")
        npm.node("Joining the scripts of Pyodide and onnxruntime-web", *map(str, arguments))

    files = (JOIN_VENDORS_SCRIPT, *scripts)
    return cached("vendors", join, Inputs(__name__, files=files, packages=("rollup", "terser")))


def _library(code: Code) -> list[Path]:
    extent = "all" if code.has_full_library else "imported"
    step = f"{code.module}-{extent}"
    return cached(step, partial(library.write, code), library_inputs(code))
