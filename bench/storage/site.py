"""Build and serve the site of the storage benchmark.

It has a page for `offline_onnx`, a page for TensorFlow.js, and the models.
"""

from __future__ import annotations

import functools
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bench.harness.folders import GENERATED, PACKAGES, install_packages
from bench.harness.link import serve_with_handler
from offline_onnx_page.serving.server import Handler
from tools.site import bundle

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PAGES_FOLDER, MODELS_FOLDER = GENERATED / "site", GENERATED / "models"
TFJS_SCRIPT = PACKAGES / "@tensorflow" / "tfjs" / "dist" / "tf.min.js"


def build() -> None:
    """Build both pages, with one service worker for both, and create the folder for the models."""
    install_packages()
    MODELS_FOLDER.mkdir(parents=True, exist_ok=True)
    shutil.copytree(Path(__file__).parent / "page", PAGES_FOLDER, dirs_exist_ok=True)
    shutil.copyfile(TFJS_SCRIPT, PAGES_FOLDER / TFJS_SCRIPT.name)
    bundle.bundle_page(PAGES_FOLDER)


@contextmanager
def serve_site() -> Iterator[str]:
    """Serve pages and models at localhost; yield the address without a trailing slash."""
    with serve_with_handler(functools.partial(_Handler, directory=str(GENERATED))) as address:
        yield address


class _Handler(Handler):
    """Keeps models out of the browser's HTTP cache, so that every first load downloads."""

    # No COOP and COEP headers, as on most hosts: every page has one thread.
    isolation: Mapping[str, str] = {}

    def end_headers(self) -> None:
        if self.path.endswith(".onnx"):
            self.send_header("Cache-Control", "no-store")
        super().end_headers()
