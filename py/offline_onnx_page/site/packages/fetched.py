"""Fetch wheels from PyPI with pip, and pin them in page.lock."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name
from packaging.version import Version

from offline_onnx_page.errors import SiteError
from offline_onnx_page.site.packages.wheels import Wheel

if TYPE_CHECKING:
    from packaging.requirements import Requirement

    from offline_onnx_page.site.packages.wheels import Target

_NETWORK_ERRORS = (
    "connection broken",
    "ConnectionError",
    "ConnectTimeout",
    "ReadTimeout",
    "ProxyError",
)
"""What pip writes if it can't reach the index of packages."""
_NOT_FOUND = ("404 Client Error", "neither a file nor a directory")
"""What pip writes about a package that an index lacks."""
_FOUND = "Fetched page"
"""What pip writes about a package that an index has, also if none of its wheels fits."""
FOLDER, LOCK = "wheels", "page.lock"
"""The folder in a page's folder for fetched wheels, and the file with their digests."""


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
        """Return a wheel that meets a requirement; fetch it unless it is pinned and in FOLDER.

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
        """Let pip download a wheel into FOLDER, and return it. Replace a file of the same name."""
        folder = self.page / FOLDER
        if find_spec("pip") is None:
            raise SiteError(
                f"{requirement} can't be fetched, because {sys.executable} has no pip: install it "
                "(python -m ensurepip), or copy the wheel beside the page and name the file in "
                "page.toml."
            )
        with TemporaryDirectory() as temporary:
            command = [
                *(sys.executable, "-m", "pip", "download", "-vv", "--no-input"),
                *("--disable-pip-version-check", "--no-deps", "--only-binary=:all:"),
                *("--dest", temporary, "--python-version", self.target.version),
                *("--implementation", "cp", "--platform", self.target.platform, requirement),
            ]
            done = subprocess.run(  # noqa: S603  # the requirement was parsed
                command, capture_output=True, text=True, errors="replace", check=False
            )
            found = sorted(Path(temporary).glob("*.whl"))
            if done.returncode or len(found) != 1:
                raise self._not_fetched(requirement, done.stderr, f"{done.stdout}{done.stderr}")
            folder.mkdir(exist_ok=True)
            return Wheel(Path(shutil.move(found[0], folder / found[0].name)))

    def _not_fetched(self, requirement: str, output: str, log: str) -> SiteError:
        """Return the error of a failed download.

        Args:
            requirement: the package and its versions.
            output: what pip wrote on standard error.
            log: all that pip wrote.

        """
        reason = (output.strip().splitlines() or ["it wrote no wheel"])[-1]
        if any(sign in output for sign in _NETWORK_ERRORS):
            return SiteError(
                f"{requirement} could not be downloaded: check the network, then try again; or "
                "copy the wheel beside the page and name the file in page.toml."
            )
        if _FOUND not in log and any(sign in log for sign in _NOT_FOUND):
            return SiteError(
                f"page.toml: there is no package {requirement} on PyPI (or on the index that pip "
                "uses): correct its name; or copy its wheel beside the page and name the file."
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
                f"{file} can't be read as a list of wheels: delete it to pin the wheels again."
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
