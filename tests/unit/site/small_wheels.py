"""Small wheels and Pyodide distributions for tests."""

import hashlib
import json
import zipfile

PYTHON = "3.14.2"
PLATFORM = "pyemscripten_2026_0_wasm32"
COMPILED = f"cp314-cp314-{PLATFORM}"
"""The tags of wheels whose code was compiled for the page's Python."""
LOCK = json.dumps(
    {
        "info": {"abi_version": "2026_0", "arch": "wasm32", "python": PYTHON, "version": "314.0.0"},
        "packages": {},
    }
)
"""The lock file of the page's Pyodide."""


def write_wheel(folder, name, version="1.0", *, tags="py3-none-any", needs=(), files=None, more=()):
    """Write a wheel; return its file.

    Args:
        folder: the folder for the wheel.
        name: the name of the package.
        version: its version.
        tags: the tags in the file's name.
        needs: the requirements in its metadata.
        files: the files of the package, by their paths; None for one module.
        more: further lines of its metadata.
    """
    module = name.replace("-", "_").lower()
    if files is None:
        files = {f"{module}/__init__.py": f"version = {version!r}\n"}
    metadata = [
        f"Name: {name}",
        f"Version: {version}",
        *(f"Requires-Dist: {n}" for n in needs),
        *more,
    ]
    wheel = folder / f"{name.replace('-', '_')}-{version}-{tags}.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)
        info = f"{module}-{version}.dist-info"
        archive.writestr(f"{info}/METADATA", "\n".join(["Metadata-Version: 2.1", *metadata, ""]))
    return wheel


def write_distribution(folder, wheels, lock=LOCK, depends=None):
    """Write the lock file of a Pyodide distribution that contains wheels.

    Args:
        folder: the folder with the wheels.
        wheels: the files of the wheels.
        lock: the lock file without packages.
        depends: the names of the packages that a package needs, by its name.
    """
    packages = {}
    for wheel in wheels:
        name, version = wheel.name.split("-")[:2]
        name = name.replace("_", "-").lower()
        packages[name] = {
            "name": name,
            "version": version,
            "file_name": wheel.name,
            "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
            "install_dir": "site",
            "package_type": "package",
            "imports": [name],
            "depends": (depends or {}).get(name, []),
        }
    text = json.dumps({**json.loads(lock), "packages": packages})
    (folder / "pyodide-lock.json").write_text(text, "utf-8")
