"""Read wheels, and find out whether they run in a page."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
import zlib
from dataclasses import dataclass
from email.parser import Parser
from functools import cached_property
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from offline_onnx_page.errors import SiteError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from packaging.tags import Tag

_UNREADABLE = (OSError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error)
"""The errors of reading a zip that is damaged, encrypted or compressed in an unknown way."""


@dataclass(frozen=True)
class Target:
    """The Python in the page.

    Attributes:
        python: its version, such as "3.14.2".
        platform: the platform tag of wheels with compiled code.

    """

    python: str
    platform: str

    @classmethod
    def of_lock(cls, lock: str) -> Target:
        """Return the target from the text of Pyodide's lock file."""
        info = json.loads(lock)["info"]
        return cls(info["python"], f"pyemscripten_{info['abi_version']}_{info['arch']}")

    @property
    def version(self) -> str:
        """The version without the patch level, such as "3.14"."""
        return self.python.rpartition(".")[0]

    @property
    def markers(self) -> dict[str, str]:
        """The environment markers of requirements (PEP 508)."""
        return {
            "extra": "",
            "implementation_name": "cpython",
            "implementation_version": self.python,
            "os_name": "posix",
            "platform_machine": "wasm32",
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_system": "Emscripten",
            "platform_version": "",
            "python_full_version": self.python,
            "python_version": self.version,
            "sys_platform": "emscripten",
        }

    def needs(self, requirement: Requirement, extras: Collection[str] = ()) -> bool:
        """Return whether a requirement applies in the page, given the wanted extras."""
        marker = requirement.marker
        return marker is None or any(
            marker.evaluate({**self.markers, "extra": extra}) for extra in ("", *extras)
        )


@dataclass(frozen=True)
class Wheel:
    """A wheel.

    Attributes:
        file: the file.

    """

    file: Path

    @property
    def name(self) -> str:
        """The normalised name of the package."""
        return str(self._parsed[0])

    @property
    def version(self) -> str:
        """The version of the package."""
        return str(self._parsed[1])

    @property
    def is_pure(self) -> bool:
        """Whether the wheel runs on every platform."""
        return any(tag.platform == "any" for tag in self._parsed[3])

    @property
    def tags(self) -> str:
        """The versions of Python and the platforms that the wheel is for."""
        return ", ".join(sorted(map(str, self._parsed[3])))

    @property
    def sha256(self) -> str:
        """The digest of the file."""
        return hashlib.sha256(self.file.read_bytes()).hexdigest()

    def fits(self, target: Target) -> bool:
        """Return whether the wheel runs in the page's Python."""
        return any(
            tag.platform in ("any", target.platform) and _is_for(tag, target.version)
            for tag in self._parsed[3]
        )

    @cached_property
    def top_names(self) -> list[str]:
        """The names of the modules and packages in the wheel that can be imported."""
        tops = {path.partition("/")[0] for path in self.installed}
        return sorted({top.partition(".")[0] for top in tops if not top.endswith(".dist-info")})

    @property
    def installed(self) -> dict[str, bytes]:
        """The content of each file that is installed, by its path in Python's site-packages."""
        paths = ((_installed_path(path), content) for path, content in self.contents.items())
        return {path: content for path, content in paths if path}

    @cached_property
    def contents(self) -> dict[str, bytes]:
        """The content of each file in the wheel, by its path.

        Raises:
            SiteError: The file is not a wheel, or it is damaged.

        """
        try:
            with zipfile.ZipFile(self.file) as archive:
                return {
                    entry.filename: archive.read(entry)
                    for entry in archive.infolist()
                    if not entry.is_dir()
                }
        except _UNREADABLE as error:
            raise SiteError(
                f"{self.file} is damaged or not a wheel ({error}): delete it and copy it again."
            ) from error

    def requirements(self, target: Target, extras: Collection[str] = ()) -> list[Requirement]:
        """Return what the package needs in the page's Python.

        Args:
            target: the page's Python.
            extras: the names of the package's extras that are wanted.

        Raises:
            SiteError: The file is not a wheel, or the package needs another version of Python.

        """
        try:
            (path,) = (
                path
                for path in self.contents
                if path.endswith(".dist-info/METADATA") and path.count("/") == 1
            )
            metadata = Parser().parsestr(self.contents[path].decode("utf-8"))
            found = [Requirement(text) for text in metadata.get_all("Requires-Dist", ())]
            python = SpecifierSet(metadata.get("Requires-Python") or "")
        except ValueError as error:  # InvalidRequirement, for example
            raise SiteError(
                f"{self.file} is not a wheel, because its metadata is invalid: use another version."
            ) from error
        if not python.contains(target.python, prereleases=True):
            raise SiteError(
                f"{self.file.name} needs Python {python}, but the page has Python "
                f"{target.python}: use another version."
            )
        return [each for each in found if target.needs(each, extras)]

    @cached_property
    def _parsed(self) -> tuple[object, object, object, Iterable[Tag]]:
        try:
            return parse_wheel_filename(self.file.name)
        except InvalidWheelFilename as error:
            raise SiteError(f"{self.file}: {error}; use the name that it had on PyPI.") from error


def _is_for(tag: Tag, version: str) -> bool:
    """Return whether a tag, whatever its platform, is for a version of Python, such as "3.14"."""
    major, _, minor = version.partition(".")
    found = re.fullmatch(r"(py|cp)(\d)(\d*)", tag.interpreter)
    if not found or found[2] != major:
        return False
    is_exact = found[3] == minor
    if tag.abi == "none":
        return is_exact if found[1] == "cp" else not found[3] or int(found[3]) <= int(minor)
    if tag.abi == "abi3":
        return bool(found[3]) and int(found[3]) <= int(minor)
    return is_exact and tag.abi == f"cp{major}{minor}"


def _installed_path(path: str) -> str:
    """Return the path at which a file of a wheel is installed; "" if no module can import it."""
    top, _, rest = path.partition("/")
    if not top.endswith(".data"):
        return path
    scheme, _, path = rest.partition("/")  # see "The .data directory" in the specification
    return path if scheme in ("purelib", "platlib") else ""


def parse_requirement(text: str) -> Requirement:
    """Parse the name of a package and its versions, such as "humanize==4.9".

    Raises:
        SiteError: The text is something else.

    """
    try:
        return Requirement(text)
    except InvalidRequirement as error:
        raise SiteError(
            f"page.toml: {text!r} is neither a file beside the page nor the name of a package."
        ) from error
