"""The command `serve`: bundle the app if a file changed, then serve it."""

from __future__ import annotations

from offline_onnx_page.errors import SiteError
from offline_onnx_page.serving.server import open_server, serve
from tools.console import BuildError, say
from tools.site import bundle


def command(*, port: int) -> None:
    """Bundle the app if a file changed, then serve it until interrupted.

    Args:
        port: the port; 0 for a free one.

    Raises:
        BuildError: The port can't be opened.
    """
    bundle.command(address=None)
    try:
        server = open_server(bundle.WEB, port)
    except SiteError as error:
        raise BuildError(str(error)) from error
    serve(server)
    say("Stopped. The page still works, without the server.")
