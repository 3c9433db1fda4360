"""Write the folders in a site's `built/`: the interpreter, the runtime, the Python code, the model.

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

from tools.cache import BUILT, Inputs, cached
from tools.console import BuildError
from tools.env import venv
from tools.lean import interpreter, library, pyodide_js, runtime
from tools.site import sizes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from tools.lean.library import Code

SCRIPTS = venv.ROOT / "tools" / "page_js"
PAGE_SCRIPTS = (
    "download.js",
    "first_visit.js",
    "first_visit_worker.js",
    "memory.js",
    "python.js",
    "rest.js",
    "snapshot.js",
)
OWN_PAGE_SCRIPTS = ("python_worker.js", "run.js", "worker_port.js")
"""Further scripts of pages other than the app."""
ISOLATED = [SCRIPTS / name for name in ("isolated.js", "model_worker.js")]
"""Scripts that run untrusted models with the onnxruntime-web in the same folder."""
LARGE = (".wasm", ".data", ".zip", ".onnx")
"""The suffixes of the files whose download the page shows."""


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
    code: Code,
    manifest: Path | None,
    exports: Mapping[str, object],
    compress: Callable[[Sequence[Path]], object],
) -> None:
    """Write all folders and scripts of `built/`, and site.js, which lists the folders.

    Args:
        built: the folder to write to; its parent has the page's own files.
        code: the page's Python code.
        manifest: the manifest of the page's own model, to which onnxruntime-web is trimmed; None if
            the page may run any model.
        exports: further values that site.js exports, by their names.
        compress: compresses files; called before site.js is written, which lists the compressed
            sizes.
    """
    parts = [Part("python", _library(code))]
    if manifest:
        model = manifest.with_name(str(json.loads(manifest.read_text("utf-8"))["file"]))
        parts += [
            Part("pyodide", _interpreter()),
            Part("onnxruntime", _runtime(model)),
            Part("model", [manifest, model]),
            Part(sizes.ON_DEMAND, [*runtime.files(), *ISOLATED]),
        ]
    else:
        parts += [
            Part("pyodide", interpreter.files()),
            Part("onnxruntime", [*runtime.files(), *ISOLATED]),
        ]
    folders = {part.name: part.copy_into(built) for part in parts}
    for script in PAGE_SCRIPTS if manifest else (*PAGE_SCRIPTS, *OWN_PAGE_SCRIPTS):
        shutil.copyfile(SCRIPTS / script, built / script)
    compress(sorted(built.rglob("*")))
    site = {
        "folders": {name: f"{BUILT}/{folder}/" for name, folder in folders.items()},
        **_transfers(built.parent),
        "module": code.module,
        "lock": library.lock(),
        **exports,
    }
    lines = (
        f"export const {key} = {json.dumps(value, indent=1, ensure_ascii=False)};\n"
        for key, value in site.items()
    )
    note = "// Written by build.py: folders, sizes of files, texts of the start.\n"
    (built / "site.js").write_text(note + "".join(lines), "utf-8")


def _transfers(site: Path) -> dict[str, object]:
    """Return what a first visit downloads, in bytes, for site.js.

    Returns:
        "sizes" has the size of each large file by its path. "compressed" has the compressed sizes
        by content coding, then by path; files that the coding does not make smaller are left out.
        "others" has the total size of all small files by content coding.
    """
    counts = {
        name: sizes.transfer_sizes(site, suffix)
        for name, suffix in (("identity", ""), ("br", "br"), ("gzip", "gz"))
    }
    plain = counts["identity"]
    large = [path for path in plain if path.startswith(f"{BUILT}/") and path.endswith(LARGE)]
    return {
        "sizes": {path: plain[path] for path in large},
        "compressed": {
            name: {path: count[path] for path in large if count[path] < plain[path]}
            for name, count in counts.items()
            if name != "identity"
        },
        "others": {
            name: sum(size for path, size in count.items() if not path.endswith(LARGE))
            for name, count in counts.items()
        },
    }


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
    scripts = (library.NODE_SCRIPT, library.PYTHON_SCRIPT)
    return Inputs(library.__name__, files=(*scripts, *packages), packages=("pyodide",))


def _interpreter() -> list[Path]:
    return cached("pyodide", interpreter.trim, interpreter_inputs())


def _runtime(model: Path) -> list[Path]:
    return cached("onnxruntime", partial(runtime.trim, model), runtime_inputs(model))


def _library(code: Code) -> list[Path]:
    extent = "all" if code.has_full_library else "imported"
    step = f"{code.module}-{extent}"
    return cached(step, partial(library.write, code), library_inputs(code))
