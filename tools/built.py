"""What lies in a site's `built/`: the interpreter, the runtime, our wheels, and where each is.

Every folder in it carries the hash of its content in its name, so that a file's address never means
two contents.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from tools import npm, venv, wheel
from tools.report import BuildError

if TYPE_CHECKING:
    from collections.abc import Mapping

SCRATCH = venv.ROOT / ".build"
SCRIPTS = venv.ROOT / "tools" / "site"
BUILT = "built"
PYODIDE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
ONNXRUNTIME = ("ort.wasm.min.mjs", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm")


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


def fill(built: Path, projects: list[Path], parts: list[Part], extra: Mapping[str, object]) -> None:
    """Write the parts of a site. extra: what site.js exports beside folders and sizes."""
    packages, wheels = npm.PACKAGES, Path(mkdtemp(dir=SCRATCH))
    ours = [wheel.build(project, wheels) for project in projects]
    parts = [
        Part("pyodide", [packages / "pyodide" / name for name in PYODIDE]),
        Part("onnxruntime", [packages / "onnxruntime-web" / "dist" / name for name in ONNXRUNTIME]),
        Part("python", [*ours, wheel.write_lock(ours, wheels)]),
        *parts,
    ]
    folders = {part.name: part.place(built) for part in parts}
    shutil.rmtree(wheels)
    fetched = (".wasm", ".zip", ".whl", ".onnx")
    site = {
        "folders": {name: f"{BUILT}/{folder}/" for name, folder in folders.items()},
        "sizes": {
            f"{BUILT}/{file.relative_to(built).as_posix()}": file.stat().st_size
            for file in sorted(built.rglob("*"))
            if file.suffix in fetched
        },
        **extra,
    }
    lines = (
        f"export const {key} = {json.dumps(value, indent=1)};\n" for key, value in site.items()
    )
    note = "// Written by build.py: where the parts are, their bytes, and what the page says.\n"
    (built / "site.js").write_text(note + "".join(lines), "utf-8")
    for script in ("python.js", "run.js"):
        shutil.copyfile(SCRIPTS / script, built / script)
