"""The command `bundle`: build the site of a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from offline_onnx.command.result import Result, say
from offline_onnx_page.errors import SiteError
from offline_onnx_page.site.page import OUT, PageBuild, build_page
from offline_onnx_page.site.prebuilt import Prebuilt
from offline_onnx_page.site.service_worker import MAX_STORED
from offline_onnx_page.site.transfers import summary, transfer_sizes

if TYPE_CHECKING:
    from pathlib import Path


def command(
    *,
    folder: Path,
    out: Path | None,
    has_service_worker: bool,
    base: str,
) -> Result:
    """Build the site of a page; return its size.

    Args:
        folder: the page's folder.
        out: the folder of the site; None for the default.
        has_service_worker: whether the site works offline.
        base: the path at which the site will be published; "" if it is unknown.

    Raises:
        SiteError: The site can't be built.

    """
    folder = folder.resolve()
    target = (out or folder / OUT).resolve()
    if target == folder or folder.is_relative_to(target):
        raise SiteError(f"{target} contains the page itself: choose another folder with -o.")
    page = PageBuild(
        source=folder,
        folder=target,
        prebuilt=Prebuilt.installed(),
        base=base,
        has_service_worker=has_service_worker,
        say=say,
    )
    too_large = build_page(page)
    for path, size in too_large.items():
        say(
            f"{path} has {size / 1e6:.0f} MB. The service worker stores files of at most "
            f"{MAX_STORED / 1e6:.0f} MB, so the page lacks this one without a network."
        )
    data = {"folder": str(target), "bytes": transfer_sizes(target, ""), "tooLarge": too_large}
    return Result(f"{target}: {summary(target)}", data)
