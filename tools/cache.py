"""Build cache, keyed by the hashes of its inputs.

The inputs of a build step are its module, this repository's modules outside py/ that this module
imports, the files that the step reads, and the npm packages that it uses. If none of them has
changed, the cached result is valid.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from offline_onnx_page.site.replacement import delete_unused
from offline_onnx_page.site.sources import sources
from tools.env import venv

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

ROOT = venv.ROOT
SCRATCH = ROOT / ".build"
"""The folder for caches and temporary files; git ignores it."""
CACHE = SCRATCH / "cache"


@dataclass(frozen=True)
class Inputs:
    """The inputs that the result of a build step depends on.

    Attributes:
        module: the dotted name of the module that does the step. The modules that it imports are
            inputs, too: see `module_files`.
        files: the files and folders that the step reads, and the packages of py/ that it imports.
        packages: names of npm packages, which package-lock.json pins.
    """

    module: str
    files: tuple[Path, ...] = ()
    packages: tuple[str, ...] = ()

    def key(self) -> str:
        """Return the SHA-256 of all inputs, in hexadecimal."""
        digest = hashlib.sha256()
        for file in (*module_files(self.module), *_all_files(self.files)):
            name = file.relative_to(ROOT) if file.is_relative_to(ROOT) else file
            digest.update(f"{name}\0".encode() + file.read_bytes())
        for pinned in _locked(self.packages):
            digest.update(pinned.encode())
        return digest.hexdigest()


def cached(step: str, build: Callable[[Path], object], inputs: Inputs) -> list[Path]:
    """Return the files of a build step; build them only if the cache does not have them.

    Args:
        step: the step's name.
        build: a function that writes the files into a given folder.
        inputs: the inputs of the step.
    """
    entry = CACHE / f"{step}-{inputs.key()[:16]}"
    if not entry.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        delete_unused(CACHE.glob(f"{step}-*"))
        with TemporaryDirectory(dir=CACHE, prefix=".") as folder:
            stage = Path(folder) / step
            stage.mkdir()
            build(stage)
            try:
                stage.rename(entry)
            except OSError:
                if not entry.exists():  # otherwise, another build has just stored the same entry
                    raise
    os.utime(entry)  # the time of its last use, for `delete_unused`
    return sorted(entry.iterdir())


def module_files(name: str) -> list[Path]:
    """List the files of a module and of all modules of this project that it imports, at any depth.

    Imports of packages of py/ are left out. So are those below `if TYPE_CHECKING:`, because they
    don't change a step's result.
    """
    found: dict[str, Path] = {}
    pending = [name]
    while pending:
        module = pending.pop()
        file = _file_of(module)
        if module not in found and file is not None:
            found[module] = file
            pending += _imported(ast.parse(file.read_text("utf-8")))
    return sorted(found.values())


def _file_of(module: str) -> Path | None:
    """Return the file of a module or package outside py/, or None for any other name."""
    path = ROOT / module.replace(".", "/")
    return next(filter(Path.is_file, (path.with_suffix(".py"), path / "__init__.py")), None)


def _imported(node: ast.AST) -> Iterator[str]:
    """Yield the names in import statements: names of modules, and names of members of modules."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            yield str(child.module)
            yield from (f"{child.module}.{alias.name}" for alias in child.names)
        elif not (
            isinstance(child, ast.If)
            and isinstance(child.test, ast.Name)
            and child.test.id == "TYPE_CHECKING"
        ):
            yield from _imported(child)


def _all_files(roots: Iterable[Path]) -> Iterator[Path]:
    for root in roots:
        yield from sources(root) if root.is_dir() else [root]


def _locked(names: Iterable[str]) -> Iterator[str]:
    """Yield the name, version and digest of each package, from package-lock.json."""
    packages = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    for name in names:
        pinned = packages[f"node_modules/{name}"]
        yield f"{name} {pinned['version']} {pinned['integrity']}"
