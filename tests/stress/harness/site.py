"""Copies of the built site, of links: to publish other versions, or to add files."""

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
    """Create a folder on the disk of the built site, so that links work; delete it afterwards."""
    SCRATCH.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=SCRATCH, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def copy_site(copy: Path) -> None:
    """Copy the built site into a folder that does not exist yet; its files are hard links."""
    shutil.copytree(bundle.WEB, copy, copy_function=os.link)
