"""Read page.toml, the settings of a page."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from offline_onnx_page.errors import SiteError

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = "page.toml"


@dataclass(frozen=True)
class Settings:
    """The settings of a page.

    Attributes:
        packages: what the page's Python can import: Python files, folders, wheels, and the names of
            packages with their versions.
        pyodide: the path of the folder of a Pyodide distribution, relative to the page's folder;
            "" for none. Packages with compiled code come from there.

    """

    packages: tuple[str, ...] = ()
    pyodide: str = ""

    @classmethod
    def read(cls, folder: Path) -> Settings:
        """Return the settings in a page's folder; the defaults if there are none.

        Raises:
            SiteError: page.toml can't be read, or a setting is unknown or has a wrong type.

        """
        file = folder / SETTINGS
        if not file.exists():
            return cls()
        try:
            raw = tomllib.loads(file.read_text("utf-8-sig"))
        except OSError as error:
            raise SiteError(f"{file} can't be read: {error.strerror}.") from error
        except ValueError as error:
            raise SiteError(f"{file} is not TOML: {error}. Correct it.") from error
        known = [each.name for each in fields(cls)]
        for name in raw:
            if name not in known:
                raise SiteError(f"{file}: {name} is not a setting; there are {', '.join(known)}.")
        packages, pyodide = raw.get("packages", []), raw.get("pyodide", "")
        if not isinstance(packages, list) or not all(isinstance(each, str) for each in packages):
            raise SiteError(f'{file}: packages has to be a list, such as ["my_module.py"].')
        if not isinstance(pyodide, str):
            raise SiteError(f"{file}: pyodide has to be the path of a folder.")
        return cls(tuple(packages), pyodide)
