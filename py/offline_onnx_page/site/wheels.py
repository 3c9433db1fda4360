"""Read wheels, and fetch them from PyPI with pip."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from email.parser import Parser
from functools import cached_property
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename

from offline_onnx_page.errors import SiteError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from packaging.tags import Tag

FOLDER, LOCK = "wheels", "page.lock"
"""The folder in a page's folder for fetched wheels, and the file with their digests."""


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
            "os_name": "posix",
            "platform_machine": "wasm32",
            "platform_python_implementation": "CPython",
            "platform_system": "Emscripten",
            "python_full_version": self.python,
            "python_version": self.version,
            "sys_platform": "emscripten",
        }


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
    def platforms(self) -> list[str]:
        """The platforms that the wheel is for."""
        return sorted({tag.platform for tag in self._parsed[3]})

    @property
    def sha256(self) -> str:
        """The digest of the file."""
        return hashlib.sha256(self.file.read_bytes()).hexdigest()

    def fits(self, target: Target) -> bool:
        """Return whether the wheel runs in the page's Python."""
        abi = "cp" + target.version.replace(".", "")
        return self.is_pure or any(
            tag.platform == target.platform and tag.abi in (abi, "abi3", "none")
            for tag in self._parsed[3]
        )

    @cached_property
    def top_names(self) -> list[str]:
        """The names that the wheel makes importable."""
        with zipfile.ZipFile(self.file) as archive:
            tops = {name.partition("/")[0] for name in archive.namelist()}
        return sorted(top.removesuffix(".py") for top in tops if "-" not in top)

    def requirements(self, target: Target) -> list[Requirement]:
        """Return what the package needs in the page's Python.

        Raises:
            SiteError: The file is not a wheel.

        """
        try:
            with zipfile.ZipFile(self.file) as archive:
                (path,) = (n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
                text = archive.read(path).decode("utf-8")
        except (OSError, ValueError, zipfile.BadZipFile) as error:
            raise SiteError(f"{self.file} is not a wheel: {error}.") from error
        found = map(Requirement, Parser().parsestr(text).get_all("Requires-Dist", ()))
        return [
            each for each in found if not each.marker or each.marker.evaluate(dict(target.markers))
        ]

    @cached_property
    def _parsed(self) -> tuple[object, object, object, Iterable[Tag]]:
        try:
            return parse_wheel_filename(self.file.name)
        except InvalidWheelFilename as error:
            raise SiteError(f"{self.file}: {error}.") from error


@dataclass
class Fetched:
    """The wheels that were fetched for a page. Their digests are pinned in page.lock.

    Attributes:
        page: the page's folder.
        target: the page's Python.

    """

    page: Path
    target: Target

    def wheel(self, requirement: Requirement) -> Wheel:
        """Return a wheel that meets a requirement; fetch it with pip unless it is pinned.

        Raises:
            SiteError: No wheel for the page's Python was found, or a pinned wheel has changed.

        """
        name = canonicalize_name(requirement.name)
        pinned = self._pinned().get(name)
        if pinned is None or not requirement.specifier.contains(pinned["version"]):
            wheel = self._fetch(requirement)
            self._pin(wheel)
            return wheel
        wheel = Wheel(self.page / FOLDER / pinned["file"])
        if not wheel.file.exists():
            wheel = self._fetch(Requirement(f"{name}=={pinned['version']}"))
        if wheel.sha256 != pinned["sha256"]:
            raise SiteError(
                f"{wheel.file} is not the file whose SHA-256 is in {self.page / LOCK}: delete the "
                f"wheel to fetch it again, or remove {name} from {LOCK} to accept the new file."
            )
        return wheel

    def _fetch(self, requirement: Requirement) -> Wheel:
        folder = self.page / FOLDER
        before = set(folder.glob("*.whl"))
        plain = f"{requirement.name}{requirement.specifier}"
        command = [
            *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"),
            *("--no-deps", "--only-binary=:all:", "--dest", str(folder)),
            *("--python-version", self.target.version, "--implementation", "cp"),
            *("--platform", self.target.platform, plain),
        ]
        done = subprocess.run(  # noqa: S603  # the requirement was parsed
            command, capture_output=True, text=True, check=False
        )
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or ["pip failed"])[-1]
            raise SiteError(
                f"{plain} has no wheel that runs in the page, neither pure Python nor "
                f"{self.target.platform}. If it has compiled code, name a Pyodide distribution "
                f"that contains it in page.toml: pyodide = FOLDER. (pip: {reason})"
            )
        name = canonicalize_name(requirement.name)
        wheels = [Wheel(file) for file in folder.glob("*.whl")]
        new = [each for each in wheels if each.name == name and each.file not in before]
        return (new or [each for each in wheels if each.name == name])[-1]

    def _pinned(self) -> dict[str, dict[str, str]]:
        file = self.page / LOCK
        try:
            pinned: dict[str, dict[str, str]] = json.loads(file.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except ValueError as error:
            raise SiteError(f"{file} can't be read: {error}. Delete it to pin anew.") from error
        return pinned

    def _pin(self, wheel: Wheel) -> None:
        pinned = self._pinned()
        pinned[wheel.name] = {
            "version": wheel.version,
            "file": wheel.file.name,
            "sha256": wheel.sha256,
        }
        text = json.dumps(dict(sorted(pinned.items())), indent=1)
        (self.page / LOCK).write_text(f"{text}\n", "utf-8")


def parse_requirement(text: str) -> Requirement:
    """Parse the name of a package and its versions, such as "humanize==4.9".

    Raises:
        SiteError: The text is something else.

    """
    try:
        return Requirement(text)
    except InvalidRequirement as error:
        raise SiteError(
            f"page.toml: {text} is neither a file beside the page nor the name of a package."
        ) from error
