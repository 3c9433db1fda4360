"""The npm packages that only these tests need, beside those that the build needs."""

from pathlib import Path

from tests.support import bundling
from tools.env import npm

FOLDER = Path(__file__).parent
PACKAGES = FOLDER / npm.PACKAGES.name
"""The folder of the installed packages."""


def install():
    """Install the packages of this folder's package-lock.json, unless they are installed."""
    with bundling.lock():
        npm.install(FOLDER)
