"""Write a Pyodide with packages: npm's package `pyodide`, and wheels from PyPI.

npm's package has only the core of Pyodide. Its list of packages, pyodide-lock.json, names files on
a CDN. Here, the list names the wheels instead, so that no CDN is needed.
"""

import hashlib
import json
import zipfile
from email.parser import Parser
from pathlib import PurePosixPath

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCK = "pyodide-lock.json"
MARKERS = {"sys_platform": "emscripten", "platform_system": "Emscripten", "extra": ""}
"""The environment markers of requirements whose values differ between Pyodide and this machine."""


def write(folder, pyodide, wheels, extra_requirements=()):
    """Write a Pyodide with packages into a new folder.

    Args:
        folder: the folder.
        pyodide: the folder of npm's package `pyodide`.
        wheels: the files of the wheels.
        extra_requirements: pairs of a package, and a package that it needs although its wheel does
            not say so.
    """
    folder.mkdir()
    for file in (*pyodide.iterdir(), *wheels):
        if file.name != LOCK:
            (folder / file.name).symlink_to(file)
    lock = json.loads((pyodide / LOCK).read_text("utf-8"))
    packages = {entry["name"]: entry for entry in map(_entry, wheels)}
    for name, needed in extra_requirements:
        packages[name]["depends"].append(needed)
    for entry in packages.values():
        entry["depends"] = [name for name in entry["depends"] if name in packages]
    lock["packages"] = packages
    (folder / LOCK).write_text(json.dumps(lock), "utf-8")


def _entry(wheel):
    """Return the entry of a wheel in Pyodide's list of packages."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (path,) = (name for name in names if name.endswith(".dist-info/METADATA"))
        metadata = Parser().parsestr(archive.read(path).decode())
    requirements = map(Requirement, metadata.get_all("Requires-Dist", ()))
    tops = {PurePosixPath(name).parts[0] for name in names}
    return {
        "name": canonicalize_name(metadata["Name"]),
        "version": metadata["Version"],
        "file_name": wheel.name,
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "install_dir": "site",
        "package_type": "package",
        "imports": [top.removesuffix(".py") for top in tops if "-" not in top],
        "depends": [
            canonicalize_name(each.name)
            for each in requirements
            if each.marker is None or each.marker.evaluate(MARKERS)
        ],
        "unvendored_tests": False,
    }


def write_yaml_wheel(folder, installed):
    """Write a wheel with the Python files of PyYAML, without its optional compiled part.

    PyPI has no wheel of PyYAML for Pyodide.

    Args:
        folder: the folder for the wheel.
        installed: the folder that PyYAML is installed in.
    """
    (info,) = installed.glob("pyyaml-*.dist-info")
    wheel = folder / f"{info.stem}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for file in (info / "METADATA", *sorted((installed / "yaml").glob("*.py"))):
            archive.write(file, file.relative_to(installed))
    return wheel
