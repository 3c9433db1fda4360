"""The command `serve`: serve a page while it is written, or a site that was built."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

from offline_onnx.command.result import Result, say
from offline_onnx_page.serving.live_reload import open_page
from offline_onnx_page.serving.server import open_server, print_address, serve
from offline_onnx_page.site.page import INDEX, PageBuild
from offline_onnx_page.site.prebuilt import Prebuilt
from offline_onnx_page.site.site_script import NAME
from offline_onnx_page.site.sources import BUILT

if TYPE_CHECKING:
    from pathlib import Path

STOPPED = "Stopped. Pages that are stored in a browser still work, without the server."


def command(*, folder: Path, port: int, as_json: bool) -> Result:
    """Serve a folder until interrupted (Ctrl+C).

    A site that was built is served as it is. Other pages are built, and built again and reloaded
    whenever a file changes.

    Args:
        folder: the folder of a page, or of a site.
        port: the port; 0 chooses a free one.
        as_json: whether the address is printed as JSON, at the start.

    Raises:
        SiteError: The page can't be built, or the port can't be opened.

    """
    folder = folder.resolve()
    announce = partial(_print_as_json, folder) if as_json else print_address
    if (folder / BUILT / NAME).is_file() and (folder / INDEX).is_file():
        serve(open_server(folder, port), announce)
    else:
        page = PageBuild(source=folder, folder=folder, prebuilt=Prebuilt.installed())
        with open_page(page, port, say) as server:
            serve(server, announce)
    return Result(STOPPED, None)


def _print_as_json(folder: Path, address: str) -> None:
    print(json.dumps({"address": address, "folder": str(folder)}), flush=True)
