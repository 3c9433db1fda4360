"""Count the bytes that a first visit to the app transfers, with the files stored for offline use.

Files that only custom models or search engines need are not counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from offline_onnx_page.site import transfers
from tools.site.page import FOR_CRAWLERS, TEMPLATE

if TYPE_CHECKING:
    from pathlib import Path

ON_DEMAND = "release"
"""The name, without the digest, of the folder that only custom models need. It contains the
full onnxruntime-web, which runs any model."""


def is_on_demand(file: Path) -> bool:
    """Return whether a page fetches a file of the site only for a custom model."""
    return file.parent.name.startswith(f"{ON_DEMAND}-")


def is_counted(file: Path) -> bool:
    """Return whether a first visit transfers a file of the site."""
    return not is_on_demand(file) and file.name not in (TEMPLATE, *FOR_CRAWLERS)


def transfer_sizes(site: Path, encoding: str) -> dict[str, int]:
    """Return the transferred bytes of each file by its path. encoding: "br", "gz" or "" (none)."""
    return transfers.transfer_sizes(site, encoding, is_counted)
