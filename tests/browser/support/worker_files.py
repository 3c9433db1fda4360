"""Update the list of files in a built service worker, to publish a new version of a site.

Editing the list takes less processor time than building another service worker with Node.
"""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING

from offline_onnx_page.site.sources import SERVICE_WORKER

if TYPE_CHECKING:
    from pathlib import Path

ENTRY = re.compile(
    r'url:"(?P<url>[^"]+)",revision:(?P<revision>null|"\w+"),integrity:"sha256-[^"]+"'
)
"""An entry in the list of files that the service worker stores."""


def with_new_digests(worker: str, site: Path) -> str:
    """Return the script of a service worker, with the digests that the site's files have now."""

    def update_entry(entry: re.Match[str]) -> str:
        content = (site / entry["url"]).read_bytes()
        revision = f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'
        integrity = base64.b64encode(hashlib.sha256(content).digest()).decode()
        new_revision = "null" if entry["revision"] == "null" else revision
        return f'url:"{entry["url"]}",revision:{new_revision},integrity:"sha256-{integrity}"'

    return ENTRY.sub(update_entry, worker)


def add_to_style(site: Path, comment: str) -> None:
    """Append a comment to the style sheet of a site, and update the list of its service worker."""
    with (site / "style.css").open("a", encoding="utf-8") as style:
        style.write(f"\n/* {comment} */\n")
    worker = site / SERVICE_WORKER
    worker.write_text(with_new_digests(worker.read_text("utf-8"), site), "utf-8")
