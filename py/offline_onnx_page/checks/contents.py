"""Compare a file with the digest in the service worker's list, and say how it differs."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from offline_onnx_page.checks.report import Report
    from offline_onnx_page.site.service_worker import StoredFile

IN_FOLDER = (
    "it was changed after bundling, so browsers refuse to store it and the page does not work "
    "offline. Bundle the site again."
)
ON_HOST = (
    "the host changes it, or has it from another build, so browsers refuse to store it and the "
    "page does not work offline. Switch off the host's options that change files, such as "
    "minifying, and upload the whole site again."
)
_LINE_ENDINGS = (
    "its line endings were changed, as Git and some uploads do. Bundle the site again, and upload "
    "files as they are; for Git, write `* -text` into .gitattributes."
)


def check_content(report: Report, file: StoredFile, content: bytes, altered: str) -> None:
    """Report a file that differs from the one that was bundled.

    Args:
        report: where faults are added.
        file: the file in the service worker's list.
        content: the content that was found.
        altered: what to say if it differs: `IN_FOLDER` or `ON_HOST`.

    """
    if hashlib.sha256(content).digest() == file.digest:
        return
    unix = content.replace(b"\r\n", b"\n")
    endings = (unix, unix.replace(b"\n", b"\r\n"))
    if any(hashlib.sha256(each).digest() == file.digest for each in endings):
        altered = _LINE_ENDINGS
    report.fault(file.path, f"{file.path} is not the file that was bundled: {altered}")
