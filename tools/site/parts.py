"""What lies in a site's `built/`: the interpreter, the runtime, our code, and where each is.

Every folder in it carries the hash of its content in its name, so that a file's address never means
two contents.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from tools.cache import BUILT, made
from tools.console import BuildError
from tools.env import venv
from tools.lean import interpreter, library, runtime

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tools.lean.library import Code

SCRIPTS = venv.ROOT / "tools" / "page_js"
ON_DEMAND = "release"
"""The part that nothing needs but a model of the user's own: onnxruntime-web, for any model."""
ISOLATED = [SCRIPTS / name for name in ("isolated.js", "model_worker.js")]
"""What runs a model that nobody vouches for, beside the onnxruntime-web that it needs."""
PAGE_SCRIPTS = ("download.js", "memory.js", "python.js", "rest.js", "run.js", "snapshot.js")


@dataclass(frozen=True)
class Part:
    """A folder of the site: its name and the files that go into it."""

    name: str
    files: list[Path]

    def place(self, built: Path) -> str:
        """Copy the files to a folder named after them and their content; give its name."""
        digest = hashlib.sha256()
        for file in sorted(self.files, key=lambda file: file.name):
            if not file.is_file():
                raise BuildError(f"{file} is missing; the {self.name} part of the site needs it.")
            digest.update(file.name.encode() + b"\0" + file.read_bytes())
        folder = built / f"{self.name}-{digest.hexdigest()[:12]}"
        folder.mkdir(parents=True)
        for file in self.files:
            shutil.copyfile(file, folder / file.name)
        return folder.name


def is_on_demand(file: Path) -> bool:
    """Tell whether a file of a site comes only when it is asked for."""
    return file.parent.name.startswith(f"{ON_DEMAND}-")


def fill(built: Path, code: Code, model: Path | None, extra: Mapping[str, object]) -> None:
    """Write the parts of a site.

    model: the manifest of the one model that the page will ever run, if that is so. extra: what
    site.js exports beside what the scripts need.
    """
    parts = [Part("python", library.of(code))]
    if model:
        file = model.with_name(str(json.loads(model.read_text("utf-8"))["file"]))
        parts += [
            Part("pyodide", made("pyodide", interpreter.lean, [])),
            Part("onnxruntime", made("onnxruntime", partial(runtime.lean, file), [file])),
            Part("model", [model, file]),
            Part(ON_DEMAND, [*runtime.files(), *ISOLATED]),
        ]
    else:
        parts += [
            Part("pyodide", interpreter.files()),
            Part("onnxruntime", [*runtime.files(), *ISOLATED]),
        ]
    folders = {part.name: part.place(built) for part in parts}
    site = {
        "folders": {name: f"{BUILT}/{folder}/" for name, folder in folders.items()},
        "sizes": {
            f"{BUILT}/{file.relative_to(built).as_posix()}": file.stat().st_size
            for file in sorted(built.rglob("*"))
            if file.suffix in (".wasm", ".data", ".zip", ".onnx") and not is_on_demand(file)
        },
        "module": code.module,
        "lock": library.lock(),
        **extra,
    }
    lines = (
        f"export const {key} = {json.dumps(value, indent=1, ensure_ascii=False)};\n"
        for key, value in site.items()
    )
    note = "// Written by build.py: where the parts are, their bytes, and what the page says.\n"
    (built / "site.js").write_text(note + "".join(lines), "utf-8")
    for script in PAGE_SCRIPTS:
        shutil.copyfile(SCRIPTS / script, built / script)
