"""Write the wheels of `offline_onnx`, of its runtime, and of what its pages are made with.

A wheel is a zip in a format that does not change, so no build backend has to be installed:
https://packaging.python.org/en/latest/specifications/binary-distribution-format/
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import sys
import tomllib
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from offline_onnx_page.site import prebuilt
from offline_onnx_page.site.sources import sources
from tools.cache import SCRATCH
from tools.console import BuildError, run, say
from tools.env import npm, venv
from tools.lean.library import PACKAGES
from tools.site import bundle
from tools.site.parts import ISOLATED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DIST = venv.ROOT / "dist"
LIBRARY, RUNTIME, PAGE = "offline_onnx", "offline_onnx_runtime", "offline_onnx_page"
ALL = (LIBRARY, RUNTIME, PAGE)
_RELEASE = npm.PACKAGES / "onnxruntime-web"
RUNTIME_FILES = (
    _RELEASE / "dist" / "ort.wasm.bundle.min.mjs",
    _RELEASE / "dist" / "ort-wasm-simd-threaded.wasm",
    *ISOLATED,
)
"""The files of onnxruntime-web that run models on the CPU, and those that isolate models."""
PYODIDE_LOCK = "pyodide-lock.json"
_TOOLS = SCRATCH / "wheels"
"""The folder for pyodide-build."""
_TAG = "py3-none-any"
COMPRESSION_LEVEL = 9
"""The level of Deflate in the wheels, from 0 to 9."""
_OLDEST_DATE = (1980, 1, 1, 0, 0, 0)
_UNIX, _MODE = 3, 0o100644
"""The date, operating system and permissions of all files in a wheel, so that the same files give
the same wheel on every machine."""


def command() -> None:
    """Write all wheels into dist/."""
    npm.install()
    written = write(DIST)
    for wheel in written:
        say(f"Wrote {wheel}, {wheel.stat().st_size / 1e6:.2f} MB.")
    lock = write_lock(written[:2])
    say(f"Wrote {lock}, with which Pyodide loads {LIBRARY} and {RUNTIME} by their names.")


def write(folder: Path, packages: Sequence[str] = ALL) -> list[Path]:
    """Write the wheels of some packages into a folder and return their paths.

    Raises:
        BuildError: The version of the runtime's package is not that of onnxruntime-web.
    """
    folder.mkdir(parents=True, exist_ok=True)
    generated = {LIBRARY: dict, RUNTIME: _runtime_files, PAGE: _page_files}
    return [_write(folder, package, generated[package]()) for package in packages]


def write_lock(wheels: Sequence[Path]) -> Path:
    """Add wheels to Pyodide's lock file, write it beside the wheels, and return its path.

    A page that starts Pyodide with this file, `loadPyodide({lockFileURL})`, can load the wheels by
    the names of their packages. pyodide-build writes the entries.
    """
    tools = venv.install_into(_TOOLS, "wheels", "install", "--no-compile", f"--target={_TOOLS}")
    lock = wheels[0].with_name(PYODIDE_LOCK)
    command = [sys.executable, "-m", "pyodide_cli", "lockfile", "add-wheels"]
    run(
        "Writing Pyodide's lock file",
        [*command, "--input", npm.PACKAGES / "pyodide" / PYODIDE_LOCK, "--output", lock],
        *(wheel.name for wheel in wheels),
        cwd=lock.parent,
        env={**os.environ, "PYTHONPATH": str(tools)},
    )
    return lock


def _page_files() -> dict[str, bytes]:
    """Return the prebuilt files of every page, and the two other wheels, by their paths.

    Files that have a compressed copy FILE.gz are left out: they are decompressed from it.
    """
    with TemporaryDirectory() as temporary:
        others = write(Path(temporary) / "wheels", (LIBRARY, RUNTIME))
        folder = Path(temporary) / "files"
        shutil.copytree(bundle.prebuilt().folder, folder)
        bundle.compress(sorted(each for each in folder.rglob("*") if each.name != prebuilt.LIST))
        return {
            **{f"wheels/{wheel.name}": wheel.read_bytes() for wheel in others},
            **{
                f"files/{file.relative_to(folder).as_posix()}": file.read_bytes()
                for file in sorted(folder.rglob("*"))
                if file.is_file() and not file.with_name(f"{file.name}.gz").exists()
            },
        }


def _runtime_files() -> dict[str, bytes]:
    """Return the runtime's files and digests.json, by their paths in the package."""
    released = json.loads((_RELEASE / "package.json").read_text("utf-8"))["version"]
    if (version := _project(RUNTIME)["version"]) != released:
        raise BuildError(
            f"py/{RUNTIME}/pyproject.toml has the version {version}, but onnxruntime-web is "
            f"{released}: change it there."
        )
    files = {file.name: file.read_bytes() for file in RUNTIME_FILES}
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    files["digests.json"] = json.dumps(digests, indent=1).encode()
    return {f"files/{name}": content for name, content in files.items()}


def _project(package: str) -> dict[str, Any]:
    """Return the table [project] of a package's pyproject.toml."""
    text = (PACKAGES / package / "pyproject.toml").read_text("utf-8")
    project: dict[str, Any] = tomllib.loads(text)["project"]
    return project


def _write(folder: Path, package: str, more: Mapping[str, bytes]) -> Path:
    """Write the wheel of a package of py/.

    Args:
        folder: the folder for the wheel.
        package: the name of the package.
        more: further files of the package, by their paths in it.
    """
    source, project = PACKAGES / package, _project(package)
    info = f"{package}-{project['version']}.dist-info"
    own = [file for file in sources(source) if not _is_about(file.relative_to(source))]
    own_files = {file.relative_to(source).as_posix(): file.read_bytes() for file in own}
    files = {f"{package}/{path}": data for path, data in sorted({**own_files, **more}.items())}
    files[f"{info}/METADATA"] = _metadata(project, source)
    files[f"{info}/WHEEL"] = (
        f"Wheel-Version: 1.0\nGenerator: build.py\nRoot-Is-Purelib: true\nTag: {_TAG}\n"
    ).encode()
    if scripts := project.get("scripts"):
        lines = [f"{name} = {target}" for name, target in scripts.items()]
        files[f"{info}/entry_points.txt"] = "\n".join(["[console_scripts]", *lines, ""]).encode()
    for file in _license_files(project, source):
        files[f"{info}/licenses/{file.relative_to(source).as_posix()}"] = file.read_bytes()
    record = [f"{path},sha256={_digest(content)},{len(content)}" for path, content in files.items()]
    files[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,", ""]).encode()
    wheel = folder / f"{package}-{project['version']}-{_TAG}.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            entry = zipfile.ZipInfo(path, _OLDEST_DATE)
            entry.create_system, entry.external_attr = _UNIX, _MODE << 16
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED, COMPRESSION_LEVEL)
    return wheel


def _is_about(path: Path) -> bool:
    """Return whether a file is about the package. Such a file is not installed with the code."""
    return path.parts[0] in {"pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE", "licenses"}


def _license_files(project: Mapping[str, Any], source: Path) -> list[Path]:
    return [
        file
        for pattern in project.get("license-files", ())
        for file in sorted(source.glob(pattern))
    ]


def _metadata(project: Mapping[str, Any], source: Path) -> bytes:
    """Return the content of METADATA, in version 2.4 of the core metadata."""
    fields = [
        ("Metadata-Version", "2.4"),
        ("Name", project["name"]),
        ("Version", project["version"]),
        ("Summary", project["description"]),
        ("License-Expression", project["license"]),
        *(
            ("License-File", file.relative_to(source).as_posix())
            for file in _license_files(project, source)
        ),
        ("Requires-Python", project["requires-python"]),
        *(("Classifier", name) for name in project["classifiers"]),
        *(("Requires-Dist", name) for name in project.get("dependencies", ())),
        *(
            field
            for extra, requirements in project.get("optional-dependencies", {}).items()
            for field in (
                ("Provides-Extra", extra),
                *(("Requires-Dist", f'{name}; extra == "{extra}"') for name in requirements),
            )
        ),
        ("Description-Content-Type", "text/markdown"),
    ]
    readme = (source / "README.md").read_text("utf-8")
    return ("".join(f"{name}: {value}\n" for name, value in fields) + f"\n{readme}").encode()


def _digest(content: bytes) -> str:
    """Return a SHA-256 as RECORD has it: URL-safe Base64 without padding."""
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
