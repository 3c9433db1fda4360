"""The site that is measured: a page for each side, the models beside them, and a server."""

from __future__ import annotations

import functools
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bench.harness.folders import PACKAGES, SITES, install_peers
from bench.harness.link import serving
from tools.site import bundle
from tools.site.serve import Handler

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGES, MODELS = SITES / "site", SITES / "models"
TFJS = PACKAGES / "@tensorflow" / "tfjs" / "dist" / "tf.min.js"


def build() -> None:
    """Build both pages, under one service worker, and an empty folder for the models."""
    install_peers()
    MODELS.mkdir(parents=True, exist_ok=True)
    shutil.copytree(Path(__file__).parent / "page", PAGES, dirs_exist_ok=True)
    shutil.copyfile(TFJS, PAGES / TFJS.name)
    bundle.bundle_page(PAGES)


@contextmanager
def served() -> Iterator[str]:
    """Serve pages and models at localhost; yield the address, without a slash at its end."""
    with serving(functools.partial(_Handler, directory=str(SITES))) as address:
        yield address


class _Handler(Handler):
    """Forbids the browser to cache models: every download of one has to cost the same."""

    def end_headers(self) -> None:
        if self.path.endswith(".onnx"):
            self.send_header("Cache-Control", "no-store")
        super().end_headers()
