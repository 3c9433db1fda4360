"""Runs in Pyodide, at build time: writes the zip that Python imports from in a page."""

from __future__ import annotations

import importlib
import importlib.util
import io
import marshal
import pkgutil
import sys
import zipfile

STANDARD = next(part for part in sys.path if part.endswith(".zip"))
"""The standard library; the zip that is written takes its place."""
HEADER = importlib.util.MAGIC_NUMBER + bytes(12)
"""Of a compiled file that is not compared with its source."""


def write(packages: str, module: str, *, whole: bool) -> bytes:
    """Give the zip's bytes.

    packages: the path of a zip with ours. module: what the page begins with. What it and the other
    modules of its package import is compiled, and without docstrings; whole: the rest of the
    standard library is in the zip too, as source.
    """
    sys.path.append(packages)
    package = sys.modules[str(importlib.import_module(module).__package__)]
    for each in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        importlib.import_module(each.name)  # the page may import it when it is needed
    loaded = [str(getattr(each, "__file__", None)) for each in list(sys.modules.values())]
    imported = {file.removeprefix(f"{root}/") for file in loaded for root in (STANDARD, packages)}
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as library:
        for path in (STANDARD, packages):
            source = zipfile.ZipFile(path)
            for name in sorted(source.namelist()):
                data = source.read(name)
                if name in imported:
                    code = compile(
                        data, f"{STANDARD}/{name}", "exec", dont_inherit=True, optimize=2
                    )
                    library.writestr(zipfile.ZipInfo(f"{name}c"), HEADER + marshal.dumps(code))
                elif whole or (path == packages and not name.endswith(".py")):
                    library.writestr(zipfile.ZipInfo(name), data)
    return content.getvalue()
