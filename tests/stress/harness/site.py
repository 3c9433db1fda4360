"""Copies the built site with hard links, for tests that change the site or add files."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tools.cache import SCRATCH
from tools.site import bundle

if TYPE_CHECKING:
    from collections.abc import Generator


@contextmanager
def scratch_folder() -> Generator[Path]:
    """Create a temporary folder on the disk of the built site: hard links need the same disk."""
    SCRATCH.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=SCRATCH, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def copy_site(copy: Path) -> None:
    """Copy the built site to the folder `copy`, which must not exist, with hard links."""
    shutil.copytree(bundle.WEB, copy, copy_function=os.link)
