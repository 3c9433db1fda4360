"""Import all that a page may import, and return the files. Runs in Pyodide, during a build."""

from __future__ import annotations

import importlib
import pkgutil
import sys


def imported_files(module: str) -> set[str]:
    """Import all modules of a module's package; return the files of all imported modules.

    The files are those whose code has run. Their names are relative to the entries of `sys.path`.
    """
    package = sys.modules[str(importlib.import_module(module).__package__)]
    for each in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        importlib.import_module(each.name)  # the page may import it later
    loaded = [
        str(getattr(each, "__file__", None))
        for each in list(sys.modules.values())
        if type(each).__name__ != "LazyModule"
    ]
    return {file.removeprefix(f"{root}/") for file in loaded for root in sys.path}
