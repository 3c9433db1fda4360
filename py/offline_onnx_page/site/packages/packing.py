"""Pack the Python packages that a page imports, so that it can import them without a network.

Python files, folders and pure wheels become one zip. Two kinds of packages stay files of their own,
which Pyodide loads: wheels with compiled code for the page's Pyodide, and all packages that come
from a Pyodide distribution.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

from offline_onnx_page.errors import SiteError
from offline_onnx_page.site.packages.fetched import FOLDER, LOCK, Fetched
from offline_onnx_page.site.packages.settings import SETTINGS
from offline_onnx_page.site.packages.wheels import Target, Wheel, parse_requirement
from offline_onnx_page.site.sources import BUILT, files_in

if TYPE_CHECKING:
    from collections.abc import Collection

    from packaging.requirements import Requirement

    from offline_onnx_page.site.packages.settings import Settings

NAME = "packages"
"""The name, without the digest, of the folder in `built/`."""
ARCHIVE = "packages.zip"
DISTRIBUTION_LOCK = "pyodide-lock.json"
_OLDEST_DATE = (1980, 1, 1, 0, 0, 0)
"""The date of all files in the zip, so that the same files give the same zip."""
_NEEDED_KEYS = ("depends", "file_name", "sha256", "version")
"""What the entry of a package in the lock file of a distribution has to have."""
_PROVIDED = {"offline-onnx", "offline-onnx-runtime"}
"""Packages that every page has."""


@dataclass
class Packages:
    """The packages of a page.

    Attributes:
        page: the page's folder.
        settings: the settings of the page.
        lock: the text of Pyodide's lock file, without packages.
        modules: the page's own files in the zip, by their paths.
        wheels: the wheels in the zip, by the names of their packages.
        loaded: the packages that Pyodide loads, as entries of its lock file, by their names.
        files: the wheels that Pyodide loads.

    """

    page: Path
    settings: Settings
    lock: str
    modules: dict[str, Path] = field(default_factory=dict)
    wheels: dict[str, Wheel] = field(default_factory=dict)
    loaded: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)

    # All three by the names of the packages:
    _preferred: dict[str, Wheel] = field(default_factory=dict)  # wheels beside the page
    _added: dict[str, Wheel] = field(default_factory=dict)  # wheels in `wheels` or `loaded`
    _extras: dict[str, set[str]] = field(default_factory=dict)  # extras whose needs were added

    def __post_init__(self) -> None:
        self._target = Target.of_lock(self.lock)
        self._fetched = Fetched(self.page, self._target)
        self._distribution = self._read_distribution() if self.settings.pyodide else {}
        for entry in filter(_is_wheel, self.settings.packages):
            self._prefer(Wheel(self.page / entry))
        for entry in self.settings.packages:
            self._add(entry)

    def write(self, built: Path) -> dict[str, str]:
        """Write the packages into the folder NAME-DIGEST in `built`.

        Returns:
            The path of the folder in the site, by NAME; nothing if there are no packages.

        """
        if not self.settings.packages:
            return {}
        contents = {name: file.read_bytes() for name, file in sorted(self.files.items())}
        if self.modules or self.wheels:
            contents[ARCHIVE] = self._archive()
        digest = hashlib.sha256()
        for name, content in contents.items():
            digest.update(name.encode() + b"\0" + content)
        folder = f"{NAME}-{digest.hexdigest()[:12]}"
        (built / folder).mkdir()
        for name, content in contents.items():
            (built / folder / name).write_bytes(content)
        return {NAME: f"{BUILT}/{folder}/"}

    @property
    def sources(self) -> list[Path]:
        """The files and folders that are not copied into the site as they are."""
        named = [self.page / each for each in self.settings.packages]
        fetched = [self.page / FOLDER, self.page / LOCK]
        distribution = [self._distribution_folder] if self.settings.pyodide else []
        return [self.page / SETTINGS, *fetched, *distribution, *filter(Path.exists, named)]

    @property
    def key(self) -> str:
        """A text that changes with the packages."""
        files = {**self.modules, **self.files, **{n: w.file for n, w in self.wheels.items()}}
        digests = {
            name: hashlib.sha256(file.read_bytes()).hexdigest() for name, file in files.items()
        }
        return json.dumps([digests, self.exports], sort_keys=True)

    @property
    def exports(self) -> dict[str, object]:
        """The values for built/site.js: the packages to load, and a lock file that lists them."""
        lock = {**json.loads(self.lock), "packages": self.loaded}
        archive = ARCHIVE if self.modules or self.wheels else ""
        return {"lock": json.dumps(lock), "packages": {"load": [*self.loaded], "archive": archive}}

    def _add(self, entry: str) -> None:
        """Add a file or folder beside the page, or a package from elsewhere."""
        path = self.page / entry
        if _is_wheel(entry):
            wheel = Wheel(path)
            if wheel.name not in self._added:
                self._add_wheel(wheel)
        elif path.is_dir():
            if self.page.resolve().is_relative_to(path.resolve()):
                raise SiteError(
                    f"page.toml: {entry!r} contains the page itself: name a folder of its own."
                )
            for file in files_in(path):
                self._add_module(file.relative_to(path.parent).as_posix(), file)
        elif entry.endswith(".py"):
            if not path.is_file():
                raise SiteError(f"page.toml: {path} does not exist: create it or remove its name.")
            self._add_module(path.name, path)
        else:
            requirement = parse_requirement(entry)
            if self._target.needs(requirement):
                self._add_requirement(requirement)

    def _prefer(self, wheel: Wheel) -> None:
        """Prefer a wheel beside the page to all other wheels of the same package."""
        if not wheel.file.is_file():
            raise SiteError(f"page.toml: {wheel.file} does not exist: copy the wheel there.")
        other = self._preferred.setdefault(wheel.name, wheel)
        if other != wheel:
            raise SiteError(
                f"page.toml: {other.file.name} and {wheel.file.name} are wheels of the same "
                "package: name only one."
            )

    def _add_module(self, path: str, file: Path) -> None:
        if self.modules.setdefault(path, file) != file:
            raise SiteError(
                f"page.toml: {self.modules[path]} and {file} would both be {path}: rename one."
            )

    def _add_requirement(self, requirement: Requirement) -> None:
        name = canonicalize_name(requirement.name)
        if name in _PROVIDED:
            return
        if requirement.url:
            raise SiteError(
                f"page.toml: {requirement} has an address: copy the wheel beside the page and name "
                "the file instead."
            )
        version = self._version_of(name)
        if version is None and (name in self._preferred or name in self._distribution):
            self._add_local(name)
            version = self._version_of(name)
        if version is None:
            self._add_wheel(self._fetched.wheel(requirement), requirement.extras)
        elif not requirement.specifier.contains(version, prereleases=True):
            raise SiteError(
                f"page.toml: {name} {version} is in the page, but {requirement} is needed: name a "
                "version that fits all packages."
            )
        elif name in self._added:
            self._add_needed(self._added[name], requirement.extras)

    def _version_of(self, name: str) -> str | None:
        """Return the version of a package that was added; None if it was not."""
        if name in self.wheels:
            return self.wheels[name].version
        return str(self.loaded[name]["version"]) if name in self.loaded else None

    def _add_wheel(self, wheel: Wheel, extras: Collection[str] = ()) -> None:
        """Add a wheel and all packages that it needs."""
        if not wheel.fits(self._target):
            raise SiteError(
                f"{wheel.file.name} is for {wheel.tags}; the page needs Python "
                f"{self._target.version} and {self._target.platform}, or pure Python. Name a "
                "Pyodide distribution that contains the package in page.toml: pyodide = FOLDER."
            )
        self._added[wheel.name] = wheel
        if wheel.is_pure:
            self.wheels[wheel.name] = wheel
        else:
            self.files[wheel.file.name] = wheel.file
            self.loaded[wheel.name] = {
                "name": wheel.name,
                "version": wheel.version,
                "file_name": wheel.file.name,
                "sha256": wheel.sha256,
                "install_dir": "site",
                "package_type": "package",
                "imports": wheel.top_names,
                "depends": [],
            }
        self._add_needed(wheel, extras)

    def _add_needed(self, wheel: Wheel, extras: Collection[str]) -> None:
        """Add the packages that a wheel and some of its extras need, each extra's only once."""
        done = self._extras.setdefault(wheel.name, set())
        new = {"", *extras} - done
        done |= new
        for requirement in wheel.requirements(self._target, new) if new else ():
            self._add_requirement(requirement)

    def _read_distribution(self) -> dict[str, dict[str, Any]]:
        """Return the packages of the Pyodide distribution, by their normalised names."""
        file = self._distribution_folder / DISTRIBUTION_LOCK
        if self.page.resolve().is_relative_to(file.parent.resolve()):
            raise SiteError(
                "page.toml: the folder of the Pyodide distribution contains the page itself: move "
                "the distribution into a folder of its own."
            )
        try:
            lock = json.loads(file.read_text("utf-8"))
            found = Target.of_lock(json.dumps(lock))
            packages: dict[str, dict[str, Any]] = {
                canonicalize_name(name): {**entry, **{key: entry[key] for key in _NEEDED_KEYS}}
                for name, entry in lock["packages"].items()
            }
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            reason = error.strerror if isinstance(error, OSError) else repr(error)
            raise SiteError(
                f"page.toml: {file} is not the lock file of a Pyodide distribution ({reason}): "
                "name the folder that contains it."
            ) from error
        if found.platform != self._target.platform or found.version != self._target.version:
            raise SiteError(
                f"page.toml: the distribution in {file.parent} has Python {found.version} and "
                f"{found.platform}, but the page has Python {self._target.version} and "
                f"{self._target.platform}: use a distribution of the page's Pyodide."
            )
        return packages

    def _add_local(self, name: str) -> None:
        """Add a package from a wheel beside the page, or else from the distribution.

        The packages that this package needs are added, too.
        """
        if self._version_of(name) is not None:
            return
        if name in self._preferred:
            self._add_wheel(self._preferred[name])
            return
        entry = self._distribution.get(name)
        if entry is None:
            raise SiteError(
                f"page.toml: the Pyodide distribution lacks {name}: use the full distribution."
            )
        file = self._distribution_folder / entry["file_name"]
        if not file.is_file():
            raise SiteError(
                f"page.toml: {file} is missing, though the distribution lists it: use the full "
                "distribution."
            )
        if hashlib.sha256(file.read_bytes()).hexdigest() != entry["sha256"]:
            raise SiteError(
                f"{file} is damaged: its SHA-256 is not that of {DISTRIBUTION_LOCK}. Download the "
                "distribution again."
            )
        self.files[file.name] = file
        self.loaded[name] = {**entry, "file_name": file.name}
        for needed in entry["depends"]:
            self._add_local(canonicalize_name(needed))

    @property
    def _distribution_folder(self) -> Path:
        return self.page / self.settings.pyodide

    def _archive(self) -> bytes:
        """Return the zip with all modules and pure wheels.

        Raises:
            SiteError: Two packages have different files of the same path.

        """
        files = {path: (file.read_bytes(), str(file)) for path, file in self.modules.items()}
        for _, wheel in sorted(self.wheels.items()):
            for path, content in wheel.installed.items():
                earlier, owner = files.setdefault(path, (content, wheel.file.name))
                if earlier != content:
                    raise SiteError(
                        f"page.toml: {owner} and {wheel.file.name} have different files {path}: "
                        "leave one out, or use another version."
                    )
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as target:
            for path, (content, _) in sorted(files.items()):
                target.writestr(zipfile.ZipInfo(path, _OLDEST_DATE), content)
        return archive.getvalue()


def _is_wheel(entry: str) -> bool:
    """Return whether an entry of page.toml is the path of a wheel."""
    return entry.endswith(".whl") and "://" not in entry
