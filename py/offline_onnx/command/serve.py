"""The command `serve`: serve a page while it is written, or a site that was built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from offline_onnx.command.result import Result, say
from offline_onnx_page.serving.live_reload import open_page
from offline_onnx_page.serving.server import open_server, serve
from offline_onnx_page.site.page import PageBuild
from offline_onnx_page.site.prebuilt import Prebuilt
from offline_onnx_page.site.sources import BUILT

if TYPE_CHECKING:
    from pathlib import Path

STOPPED = "Stopped. Pages that are stored in a browser still work, without the server."


def command(*, folder: Path, port: int) -> Result:
    """Serve a folder until interrupted (Ctrl+C).

    A site that was built is served as it is. Other pages are built, and built again and reloaded
    whenever a file changes.

    Args:
        folder: the folder of a page, or of a site.
        port: the port; 0 chooses a free one.

    Raises:
        SiteError: The page can't be built, or the port can't be opened.

    """
    folder = folder.resolve()
    if (folder / BUILT).is_dir():
        serve(open_server(folder, port))
    else:
        page = PageBuild(source=folder, folder=folder, prebuilt=Prebuilt.installed())
        with open_page(page, port, say) as server:
            serve(server)
    return Result(STOPPED, {"folder": str(folder)})
