"""What the browser tells of this visit: its files, and when the page could read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from js import JSON, URL, document, navigator, performance

from digits.facts.requests import Request, files_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digits.facts.requests import File

END = "start-ended"
"""The mark that boot.js makes when the start has ended."""


def files(sizes: Mapping[str, int], *, stored: bool) -> list[File]:
    """Give the files of the page.

    sizes: bytes of the large ones, by address. stored: whether the model came from IndexedDB.
    """
    base = str(URL.new(".", document.baseURI).href)
    told = [*_entries("getEntriesByType", "navigation"), *_entries("getEntriesByType", "resource")]
    requests = [_request(entry, base) for entry in told if entry["name"].startswith(base)]
    js_worker = getattr(getattr(navigator, "serviceWorker", None), "controller", None)
    worker = str(js_worker.scriptURL).removeprefix(base) if js_worker else ""
    return files_of(requests, sizes, worker, stored=stored)


def started() -> float | None:
    """Give the seconds from the visit's beginning until the page could read, or had failed to."""
    marks = _entries("getEntriesByName", END)
    return marks[-1]["startTime"] / 1000 if marks else None


def _entries(method: str, name: str) -> list[dict[str, Any]]:
    """Have the browser write its list as JSON: one call, instead of one for each figure."""
    entries: list[dict[str, Any]] = json.loads(JSON.stringify(getattr(performance, method)(name)))
    return entries


def _request(entry: Mapping[str, Any], base: str) -> Request:
    return Request(
        address=entry["name"].removeprefix(base).split("?")[0].split("#")[0],
        sent=entry["transferSize"],
        encoded=entry["encodedBodySize"],
        decoded=entry["decodedBodySize"],
        by_worker=entry["workerStart"] > 0,
        delivery=entry.get("deliveryType", ""),
    )
