"""Pyodide with packages: npm's core, and wheels from PyPI beside it.

npm's package is the core only; its list of packages names files of Pyodide's CDN. Here, the list
names the wheels instead, so that no CDN is needed.
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
"""What differs from this machine where a requirement depends on the platform."""


def write(folder, pyodide, wheels, more_depends=()):
    """Write a Pyodide with packages into a new folder.

    Args:
        folder: the folder.
        pyodide: the folder of npm's package.
        wheels: the files of the wheels.
        more_depends: pairs of a package and one that it needs, which its wheel does not name.
    """
    folder.mkdir()
    for file in (*pyodide.iterdir(), *wheels):
        if file.name != LOCK:
            (folder / file.name).symlink_to(file)
    lock = json.loads((pyodide / LOCK).read_text("utf-8"))
    packages = {entry["name"]: entry for entry in map(_entry, wheels)}
    for name, needed in more_depends:
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


def pure_yaml(folder, installed):
    """Write a wheel of PyYAML without its compiled part, which it can do without.

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
