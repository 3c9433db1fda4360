"""Read wheels, and fetch them from PyPI with pip."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import zipfile
import zlib
from dataclasses import dataclass
from email.parser import Parser
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import Version

from offline_onnx_page.errors import SiteError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from packaging.tags import Tag

_UNREADABLE = (OSError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error)
"""The errors of reading a damaged zip, or one that is encrypted or compressed in an unknown way."""
_NETWORK_ERRORS = (
    "connection broken",
    "ConnectionError",
    "ConnectTimeout",
    "ReadTimeout",
    "ProxyError",
)
"""What pip writes if it can't reach the index of packages."""
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
        """The names that the wheel makes importable."""
        tops = {path.partition("/")[0] for path in self.contents if _installed_path(path) == path}
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
                f"{self.file} is damaged or not a wheel ({error}): delete it and copy it anew."
            ) from error

    def requirements(self, target: Target, extras: Collection[str] = ()) -> list[Requirement]:
        """Return what the package needs in the page's Python.

        Args:
            target: the page's Python.
            extras: the names of the package's extras that are wanted.

        Raises:
            SiteError: The file is not a wheel.

        """
        try:
            (path,) = (
                path
                for path in self.contents
                if path.endswith(".dist-info/METADATA") and path.count("/") == 1
            )
            metadata = Parser().parsestr(self.contents[path].decode("utf-8"))
            found = [Requirement(text) for text in metadata.get_all("Requires-Dist", ())]
        except ValueError as error:  # InvalidRequirement and UnicodeDecodeError also are one
            raise SiteError(f"{self.file} is not a wheel: its metadata is invalid.") from error
        return [each for each in found if target.needs(each, extras)]

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
        if pinned is None or not requirement.specifier.contains(
            pinned["version"], prereleases=True
        ):
            wheel = self._fetch(f"{requirement.name}{requirement.specifier}")
            self._pin(wheel)
            return wheel
        wheel = Wheel(self.page / FOLDER / pinned["file"])
        if not wheel.file.exists():
            wheel = self._fetch(f"{name}=={pinned['version']}")
        if wheel.sha256 != pinned["sha256"]:
            raise SiteError(
                f"{wheel.file} is not the file whose SHA-256 is in {self.page / LOCK}: delete the "
                f"wheel to fetch it again, or remove {name} from {LOCK} to accept the new file."
            )
        return wheel

    def _fetch(self, requirement: str) -> Wheel:
        """Let pip download a wheel into the page's folder of wheels; replace one of its name."""
        folder = self.page / FOLDER
        if find_spec("pip") is None:
            raise SiteError(
                f"{requirement} can't be fetched, because {sys.executable} has no pip: install it "
                "(python -m ensurepip), or copy the wheel beside the page and name the file in "
                "page.toml."
            )
        with TemporaryDirectory() as temporary:
            command = [
                *(sys.executable, "-m", "pip", "download", "--quiet", "--no-input"),
                *("--disable-pip-version-check", "--no-deps", "--only-binary=:all:"),
                *("--dest", temporary, "--python-version", self.target.version),
                *("--implementation", "cp", "--platform", self.target.platform, requirement),
            ]
            done = subprocess.run(  # noqa: S603  # the requirement was parsed
                command, capture_output=True, text=True, errors="replace", check=False
            )
            found = sorted(Path(temporary).glob("*.whl"))
            if done.returncode or len(found) != 1:
                raise self._not_fetched(requirement, done.stderr)
            folder.mkdir(exist_ok=True)
            return Wheel(Path(shutil.move(found[0], folder / found[0].name)))

    def _not_fetched(self, requirement: str, output: str) -> SiteError:
        """Return the error of a failed download, from pip's messages."""
        reason = (output.strip().splitlines() or ["it wrote no wheel"])[-1]
        if any(sign in output for sign in _NETWORK_ERRORS):
            return SiteError(
                f"{requirement} could not be downloaded: check the network, then try again; or "
                "copy the wheel beside the page and name the file in page.toml."
            )
        return SiteError(
            f"{requirement} has no wheel that runs in the page, neither pure Python nor "
            f"{self.target.platform}. If it has compiled code, name a Pyodide distribution "
            f"that contains it in page.toml: pyodide = FOLDER. (pip: {reason})"
        )

    def _pinned(self) -> dict[str, dict[str, str]]:
        file = self.page / LOCK
        if not file.exists():
            return {}
        try:
            return _parse_lock(json.loads(file.read_text("utf-8")))
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise SiteError(
                f"{file} can't be read as a list of wheels: delete it to pin anew."
            ) from error

    def _pin(self, wheel: Wheel) -> None:
        pinned = self._pinned()
        pinned[wheel.name] = {
            "version": wheel.version,
            "file": wheel.file.name,
            "sha256": wheel.sha256,
        }
        text = json.dumps(dict(sorted(pinned.items())), indent=1)
        (self.page / LOCK).write_text(f"{text}\n", "utf-8")


def _parse_lock(raw: Any) -> dict[str, dict[str, str]]:
    fields = ("version", "file", "sha256")
    pinned = {name: {field: str(entry[field]) for field in fields} for name, entry in raw.items()}
    for entry in pinned.values():
        Version(entry["version"])
    return pinned


def _is_for(tag: Tag, version: str) -> bool:
    """Return whether a tag without its platform is for a version of Python, such as "3.14"."""
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
