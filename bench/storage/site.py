"""The site that is measured: the page of each side, the models beside them, and a server."""

from __future__ import annotations

import functools
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bench.harness.link import serving
from tools.cache import SCRATCH
from tools.env import npm
from tools.site import bundle
from tools.site.serve import Handler

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parents[1]
FOLDER = SCRATCH / "bench"
PAGES, MODELS = FOLDER / "site", FOLDER / "models"
TFJS = Path("node_modules") / "@tensorflow" / "tfjs" / "dist" / "tf.min.js"


def make() -> None:
    """Make the pages ready to be served, under one service worker, and room for the models."""
    npm.install(HERE)
    MODELS.mkdir(parents=True, exist_ok=True)
    shutil.copytree(HERE / "storage" / "page", PAGES, dirs_exist_ok=True)
    shutil.copyfile(HERE / TFJS, PAGES / TFJS.name)
    bundle.bundle_page(PAGES)


@contextmanager
def served() -> Iterator[str]:
    """Serve the folder on this machine; give its address, without a slash at its end."""
    with serving(functools.partial(_Handler, directory=str(FOLDER))) as address:
        yield address


class _Handler(Handler):
    """Forbids to keep the models: the second download of one is to cost what the first did."""

    def end_headers(self) -> None:
        if self.path.endswith(".onnx"):
            self.send_header("Cache-Control", "no-store")
        super().end_headers()
