"""Run the code of some modules only when they are used. In a page, this file is `sitecustomize.py`.

Python imports a module `sitecustomize` when it starts, before Pyodide's own code. asyncio and
Pyodide import modules that a page rarely uses, such as `subprocess`, and these import others. All
of them would take time at the first start, and memory in the snapshot, which every later start
reads. With this file, importing a module of KNOWN runs none of its code until a name that is not
known is looked up in it.

`importlib.util.LazyLoader` is similar. But it runs the code as soon as any name is looked up, and
the importing modules look the known names up at once.
"""

from __future__ import annotations

import _thread
import sys
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from importlib.abc import Loader


class _Folder:
    """A folder. Pyodide's JavaScript only converts it to text."""

    def __init__(self, path: str) -> None:
        self._path = path

    def __str__(self) -> str:
        return self._path


_PACKAGE_LOADER = "pyodide._package_loader"
_VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
KNOWN: Mapping[str, Mapping[str, object]] = {
    "concurrent.futures": {
        name: name for name in ("ALL_COMPLETED", "FIRST_COMPLETED", "FIRST_EXCEPTION")
    },
    "dis": {
        "COMPILER_FLAG_NAMES": {
            0x1: "OPTIMIZED",
            0x2: "NEWLOCALS",
            0x4: "VARARGS",
            0x8: "VARKEYWORDS",
            0x10: "NESTED",
            0x20: "GENERATOR",
            0x40: "NOFREE",
            0x80: "COROUTINE",
            0x100: "ITERABLE_COROUTINE",
            0x200: "ASYNC_GENERATOR",
            0x4000000: "HAS_DOCSTRING",
            0x8000000: "METHOD",
        }
    },
    "logging": {"DEBUG": 10},
    _PACKAGE_LOADER: {
        "DSO_DIR": _Folder("/usr/lib"),
        "SITE_PACKAGES": _Folder(f"/lib/python{_VERSION}/site-packages"),
        "init_loaded_packages": lambda: None,  # at the start, no packages are installed
    },
    "signal": {},
    "socket": {"AF_UNSPEC": 0, "AI_PASSIVE": 1},
    "subprocess": {"PIPE": -1},
    "threading": {"Lock": _thread.LockType, "local": _thread._local},
}
"""For each module whose code runs late: the names that are known before, and their values."""


class LazyModule(ModuleType):
    """A module whose code runs when a name is looked up that is not known."""

    def __getattr__(self, name: str) -> Any:
        """Run the module's code and return the value of a name.

        Raises:
            AttributeError: The module has no such name, or it is a special name such as
                `__path__`, which the import system may look up. `__all__` is looked up only by
                `from ... import *`.
            ImportError: The module's file can't be read, or the page does not have it.

        """
        if name.startswith("__") and name != "__all__":
            raise AttributeError(name)
        self._run()
        return getattr(self, name)

    def __dir__(self) -> list[str]:
        """Run the module's code and return its names."""
        self._run()
        return dir(self)

    def _run(self) -> None:
        """Run the module's code. What other code has changed in the module stays changed."""
        known = KNOWN[self.__name__]
        changed = {
            name: value
            for name, value in vars(self).items()
            if not name.startswith("__") and (name not in known or known[name] is not value)
        }
        self.__class__ = ModuleType  # type: ignore[assignment]
        try:
            loader: Any = self.__loader__
            if loader is None:
                raise ModuleNotFoundError(f"this page has no module {self.__name__!r}")
            loader.exec_module(self)
        except BaseException:
            self.__class__ = LazyModule  # so that the next lookup tries again
            raise
        vars(self).update(changed)


class _LazyLoader:
    """Creates a `LazyModule`."""

    def __init__(self, loader: Loader | None) -> None:
        """Store the loader that can run the module's code; None if the page does not have it."""
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return LazyModule(spec.name)

    def exec_module(self, module: Any) -> None:
        module.__spec__.loader = module.__loader__ = self._loader
        module.__dict__.update(KNOWN[module.__name__])
        if module.__name__ == _PACKAGE_LOADER:
            # A snapshot can be restored only if this is the seventh JavaScript object that Python
            # refers to (`getExpectedKeys` in pyodide.asm.mjs).
            module.loadedPackages = import_module("pyodide_js").loadedPackages


class _LazyFinder:
    """Finds the modules of KNOWN with the other finders, and replaces their loader."""

    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name not in KNOWN or target is not None:  # `reload` passes the module as target
            return None
        others = (finder for finder in sys.meta_path if finder is not _LazyFinder)
        found = (finder.find_spec(name, path, target) for finder in others)
        spec: Any = next(filter(None, found), None) or ModuleSpec(name, None)
        spec.loader = _LazyLoader(spec.loader)
        return spec  # type: ignore[no-any-return]


sys.meta_path.insert(0, _LazyFinder)
