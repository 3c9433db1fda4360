"""The command `bundle`: build the site of a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from offline_onnx.command.result import Result, say
from offline_onnx_page.errors import SiteError
from offline_onnx_page.site.into import WORLDS, add_to_site
from offline_onnx_page.site.page import OUT, PageBuild, build_page
from offline_onnx_page.site.prebuilt import WHEELS, Prebuilt
from offline_onnx_page.site.service_worker import MAX_STORED
from offline_onnx_page.site.sources import BUILT
from offline_onnx_page.site.transfers import summary, transfer_sizes
from offline_onnx_page.site.written import written_paths

if TYPE_CHECKING:
    from pathlib import Path

    from offline_onnx_page.site.into import World


def command(
    *,
    folder: Path,
    out: Path | None,
    into: str | None,
    has_service_worker: bool,
    base: str | None,
) -> Result:
    """Build the site of a page; return its size.

    Args:
        folder: the page's folder.
        out: the folder of the site; None for the default.
        into: the tool that has built the site in `out`, one of WORLDS; the models and the library
            are added to this site. None to build a new site.
        has_service_worker: whether the site works offline.
        base: the path at which the site will be published; None if it is unknown.

    Raises:
        SiteError: The site can't be built.

    """
    folder = folder.resolve()
    target = (out or folder / OUT).resolve()
    if into:
        if out is None:
            raise SiteError(f"Name the site that {WORLDS[into].title} has built: -o OUT")
        return _add_into(folder, target, WORLDS[into])
    if target.exists() and not target.is_dir():
        raise SiteError(f"{target} is not a folder: choose another with -o.")
    if folder.is_relative_to(target):
        raise SiteError(f"{target} contains the page itself: choose another folder with -o.")
    if target.is_relative_to(folder) and BUILT in target.relative_to(folder).parts:
        raise SiteError(f"The name {BUILT} is reserved: choose another folder than {target}.")
    page = PageBuild(
        source=folder,
        folder=target,
        prebuilt=Prebuilt.installed(),
        base=base or "",
        has_service_worker=has_service_worker,
        say=say,
    )
    too_large = build_page(page)
    for path, size in too_large.items():
        say(
            f"{path} has {size / 1e6:.0f} MB. The service worker stores files of at most "
            f"{MAX_STORED / 1e6:.0f} MB, so the page lacks this one without a network."
        )
    own = {target / path for path in written_paths(target)}
    sizes = transfer_sizes(target, "", own.__contains__)
    data = {"folder": str(target), "bytes": sizes, "tooLarge": too_large}
    return Result(f"{target}: {summary(target, own.__contains__)}", data)


def _add_into(models: Path, site: Path, world: World) -> Result:
    """Add models and the library to a site that another tool has built."""
    Prebuilt.installed()  # raises SiteError if the package lacks its files, such as WHEELS
    written = add_to_site(models, site, world, WHEELS)
    cell = written[-1].read_text("utf-8")
    data = {"folder": str(site), "files": [str(file) for file in written], "cell": cell}
    return Result(f"Wrote {len(written)} files. Copy this into {world.title}:\n\n{cell}", data)
