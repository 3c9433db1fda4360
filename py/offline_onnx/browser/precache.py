"""Find the file that prevented a service worker from storing a page.

If a file can't be stored, the service worker is not installed, and the page can't find out why. The
service worker's script lists all files with their digests, and stores them in this order. So the
first file in the list that is not stored is the file that failed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from js import globalThis
from pyodide.ffi import JsException

from offline_onnx.browser.interop import Rejected, call, js_object

SCRIPT = "service-worker.js"
_ENTRY = re.compile(r'\{url:"([^"]+)",revision:(?:null|"\w+"),integrity:"([^"]+)"\}')
"""An entry of the list of files that Workbox writes into the script."""


@dataclass(frozen=True)
class RefusedFile:
    """A file that the service worker could not store.

    Attributes:
        path: the path of the file, relative to the page.
        status: the status of the server's response; 0 if there was no response. The status 200
            means that the file arrives, but its content is not that of the built file.

    """

    path: str
    status: int

    @property
    def is_altered(self) -> bool:
        """Whether the file arrives, but its content differs from that of the built file."""
        return self.status == 200


def listed_files(script: str) -> list[tuple[str, str]]:
    """Return the path and the digest of each file in a service worker's script, in order."""
    return _ENTRY.findall(script)


async def find_refused_file(folder: str) -> RefusedFile | None:
    """Return the file that the service worker of a page could not store.

    Args:
        folder: the address of the page's folder.

    Returns:
        The file. None if there is another reason, such as a full storage, or if the script or the
        list of stored files can't be read.

    """
    try:
        js_script = await _fetch(folder + SCRIPT, cache="no-store")
        listed = listed_files(str(await call(js_script, "text")))
        stored = await _stored_paths(folder)
    except (AttributeError, JsException, Rejected):
        return None
    refused = next(((path, digest) for path, digest in listed if path not in stored), None)
    return await _check(folder, *refused) if refused else None


async def _check(folder: str, path: str, digest: str) -> RefusedFile | None:
    """Request a file as the service worker does. Return None if it arrives undamaged."""
    try:
        await _fetch(folder + path, cache="reload", integrity=digest)
    except Rejected:
        try:
            js_response = await _fetch(folder + path, cache="reload")
        except Rejected:
            return RefusedFile(path, 0)
        return RefusedFile(path, int(js_response.status))
    return None


async def _stored_paths(folder: str) -> set[str]:
    """Return the paths of all files that the service worker has stored."""
    paths = set()
    names = [str(name) for name in await call(globalThis.caches, "keys")]
    for name in names:
        if name.endswith(folder):  # other sites may share the origin and its caches
            js_cache = await call(globalThis.caches, "open", name)
            addresses = [str(js_request.url) for js_request in await call(js_cache, "keys")]
            paths |= {url.removeprefix(folder).partition("?")[0] for url in addresses}
    return paths


async def _fetch(address: str, **options: str) -> Any:
    return await call(globalThis, "fetch", address, js_object(options))
