"""Check the headers with which a host sends files: see docs/hosting.md of the project."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from offline_onnx_page.checks.report import counted_noun, megabytes
from offline_onnx_page.site.service_worker import PERMANENT_FOLDER
from offline_onnx_page.site.sources import MODEL_SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from offline_onnx_page.checks.report import Report
    from offline_onnx_page.checks.responses import Response

_SCRIPT = ("text/javascript", "application/javascript")
_TYPES = {
    ".html": ("text/html",),
    ".css": ("text/css",),
    ".js": _SCRIPT,
    ".mjs": _SCRIPT,
}
"""The media types with which browsers accept a file, by the file's suffix. A host should send the
first one."""
_BETTER_TYPES = {".wasm": ("application/wasm",)}
"""The media types with which browsers start a file faster, by the file's suffix."""
_MAX_AGE = 3600
"""How long browsers may reuse a file that can change, in seconds, before this is a fault."""
_WORTH_COMPRESSING = 100_000
"""Minimum size in bytes of a file whose missing compression is worth a note."""


def check_headers(report: Report, responses: Mapping[str, Response]) -> None:
    """Check the headers of responses, by the path of the file in the site."""
    _check_types(report, responses)
    _check_caching(report, responses)
    _check_compression(report, responses)


def _check_types(report: Report, responses: Mapping[str, Response]) -> None:
    """Report wrong media types, one line for each suffix."""
    for types, effect, add in (
        (_TYPES, "which browsers refuse", report.fault),
        (_BETTER_TYPES, "so browsers compile it only after the download", report.note),
    ):
        for suffix, allowed in types.items():
            wrong = [
                path
                for path, response in responses.items()
                if path.endswith(suffix) and response.content_type not in allowed
            ]
            if wrong:
                found = responses[wrong[0]].content_type or "no type"
                add(
                    wrong[0],
                    f"{_and_others(wrong)} arrives as {found}, {effect}. Let the host send "
                    f"*{suffix} with `Content-Type: {allowed[0]}`.",
                )


def _check_caching(report: Report, responses: Mapping[str, Response]) -> None:
    """Report, in one line, files that can change and that browsers may reuse for too long."""
    ages = {
        path: age
        for path, response in responses.items()
        if not PERMANENT_FOLDER.match(path)
        and not path.endswith(MODEL_SUFFIXES)
        and (age := max_age(str(response.headers.get("Cache-Control", "")))) > _MAX_AGE
    }
    if ages:
        longest = max(ages.values())
        report.fault(
            "",
            f"{_and_others(sorted(ages, key=_importance))} may be reused by browsers for "
            f"{_duration(longest)}, so visitors get old versions of the page. Let the host send "
            "`Cache-Control: no-cache` with all files outside of built/NAME-DIGEST/.",
        )


def _check_compression(report: Report, responses: Mapping[str, Response]) -> None:
    """Note, in one line, the large files in built/NAME-DIGEST/ that arrive uncompressed."""
    sizes = {
        path: len(response.content)
        for path, response in responses.items()
        if PERMANENT_FOLDER.match(path)
        and not response.encoding
        and len(response.content) >= _WORTH_COMPRESSING
    }
    if sizes:
        report.note(
            "",
            f"{_and_others(sorted(sizes, key=lambda path: -sizes[path]))} arrives uncompressed, "
            f"{megabytes(sum(sizes.values()))} in all. A host that compresses, or that sends the "
            "files .br and .gz beside it, makes the first visit about a third of that.",
        )


def max_age(header: str) -> int:
    """Return for how many seconds a Cache-Control header lets browsers reuse a file."""
    if re.search(r"\b(no-cache|no-store)\b", header):
        return 0
    found = re.search(r"(?<![\w-])max-age=\"?(\d+)", header)
    return int(found[1]) if found else 0


def _and_others(paths: list[str]) -> str:
    """Return a text such as "index.html (and 2 other files)"."""
    others = len(paths) - 1
    return paths[0] if not others else f"{paths[0]} (and {counted_noun(others, 'other files')})"


def _importance(path: str) -> tuple[bool, str]:
    return path != "index.html", path


def _duration(seconds: int) -> str:
    for unit, length in (("days", 86_400), ("hours", 3600)):
        if seconds >= length:
            return counted_noun(round(seconds / length), unit)
    return counted_noun(seconds, "seconds")
