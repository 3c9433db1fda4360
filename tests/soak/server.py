"""A server of the site for as long as it is used."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tools.serve import server_of

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path


@contextmanager
def serving(site: Path) -> Generator[str]:
    """Serve a site; give its address."""
    with server_of(site) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()
