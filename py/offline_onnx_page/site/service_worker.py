"""Write the service worker, which stores the site in the browser, and read its list of files.

The script is made from a template, to which the list of files is added. Only the build of the
template needs Node and Workbox.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from offline_onnx_page.errors import SiteError
from offline_onnx_page.site.sources import SERVICE_WORKER, files_in, is_compressed_copy

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MAX_STORED = 64 << 20
"""Maximum size in bytes of a file that the service worker stores. While it downloads and verifies a
file, the browser holds the whole file in memory."""
PERMANENT_FOLDER = re.compile(r"built/[a-z]+-[0-9a-f]{12}/")
"""Matches folders with a digest in their name. Files there never change, so the service worker may
take them from the browser's HTTP cache."""
_NEVER_SERVED = {"_headers", "_redirects", "_routes.json", "_worker.js"}
"""Files that hosts read and do not serve."""
_UNCHANGED_IN_URLS = "/!$&'()*+,;=:@[]|^"
"""The characters, besides letters, digits, and ".-_~", that browsers do not encode in a path."""
_FILES = '[{url:"FILES",revision:null}]'
_CACHE = '"CACHE"'
"""The placeholders in a template for the list of files and for the name of the cache."""
_ENTRY = re.compile(
    r'\{url:("(?:[^"\\]|\\.)*"),revision:(?:null|"\w+"),integrity:"sha256-([^"]+)"\}'
)
"""An entry of the list of files, as `StoredFile.entry` writes it."""


_REMOVAL = """\
// The page has no service worker any more. A browser that has one of an earlier version runs this
// script as its update: it deletes the stored files and removes itself.
addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(remove()));

async function remove() {
  const names = (await caches.keys()).filter((name) => name.endsWith(registration.scope));
  await Promise.all(names.map((name) => caches.delete(name)));
  await registration.unregister();
}
"""


@dataclass(frozen=True)
class StoredFile:
    """A file that the service worker stores.

    Attributes:
        path: its path, relative to the page.
        digest: its SHA-256.

    """

    path: str
    digest: bytes

    @property
    def revision(self) -> str | None:
        """A text that changes with the content; None if the content at this path never changes."""
        return None if PERMANENT_FOLDER.match(self.path) else self.digest.hex()[:32]

    @property
    def integrity(self) -> str:
        """The digest in the form with which browsers verify a download (W3C, SRI)."""
        return f"sha256-{base64.b64encode(self.digest).decode()}"

    @property
    def url(self) -> str:
        """The address relative to the page, encoded as browsers do it."""
        url = quote(self.path, safe=_UNCHANGED_IN_URLS)
        return f"./{url}" if ":" in url.partition("/")[0] else url  # "a:b" would have a scheme

    def entry(self) -> str:
        """Return the file's entry in the list, as JavaScript."""
        values = map(json.dumps, (self.url, self.revision, self.integrity))
        return "{{url:{},revision:{},integrity:{}}}".format(*values)


def listed(script: str) -> list[StoredFile]:
    """Return the files that a service worker stores, in order, from its script."""
    return [
        StoredFile(unquote(json.loads(path).removeprefix("./")), base64.b64decode(digest))
        for path, digest in _ENTRY.findall(script)
    ]


def write(
    site: Path, template: str, cache: str, is_stored: Callable[[str], bool] = lambda _: True
) -> None:
    """Write the service worker's script. It stores no file that is larger than MAX_STORED.

    Args:
        site: the folder of the site, complete except for the service worker.
        template: the script without the list of files and without the name of the cache.
        cache: the name of the service worker's cache.
        is_stored: returns whether the service worker stores a file, given its path in the site.

    Raises:
        SiteError: The site has no files, or a placeholder is missing from the template, or is there
            twice.

    """
    stored = [
        StoredFile(path, _digest(file))
        for path, file in requested_files(site).items()
        if is_stored(path) and file.stat().st_size <= MAX_STORED
    ]
    if not stored:
        raise SiteError(f"{site} has no files.")
    # If a downloaded file differs from the built one, the browser refuses it and the whole new
    # version. The files that hosts may alter come first: then a refusal costs no download of the
    # large ones.
    stored.sort(key=lambda file: file.revision is None)
    script = template
    entries = ",".join(file.entry() for file in stored)
    for placeholder, text in ((_FILES, f"[{entries}]"), (_CACHE, json.dumps(cache))):
        if (count := script.count(placeholder)) != 1:
            raise SiteError(
                f"The template of the service worker has the placeholder {placeholder} {count} "
                "times instead of once."
            )
        script = script.replace(placeholder, text)
    (site / SERVICE_WORKER).write_text(script, "utf-8")


def requested_files(site: Path) -> dict[str, Path]:
    """Return the files that a page can request, except the service worker, by their paths.

    Compressed copies are left out: hosts send them in place of the file that a page requests.
    """
    paths = {file.relative_to(site).as_posix(): file for file in files_in(site)}
    return {
        path: file
        for path, file in paths.items()
        if path not in {SERVICE_WORKER, *_NEVER_SERVED} and not is_compressed_copy(file)
    }


def _digest(file: Path) -> bytes:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").digest()


def write_removal(site: Path) -> None:
    """Write a script that removes the service worker of an earlier version of the site.

    Without the script, browsers would run the earlier version for ever.
    """
    (site / SERVICE_WORKER).write_text(_REMOVAL, "utf-8")
