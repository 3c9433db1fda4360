"""A browser whose page loads models with the library."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.stress.faults import scripts
from tests.stress.harness.visitor import Visitor

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page, Playwright

LOAD_TIMEOUT = 30.0
"""Timeout of a load in seconds."""


class LoadingVisitor(Visitor):
    """A browser with the page of the fault tests.

    Service workers are blocked. They do not handle requests for models, so they would change
    nothing.
    """

    def __init__(
        self, playwright: Playwright, executable: str, profile: Path, address: str
    ) -> None:
        super().__init__(playwright, executable, profile, address, service_workers="block")

    def wait_until_ready(self, page: Page) -> None:
        """Wait until the page has defined its functions."""
        page.locator("html[data-probe=ready]").wait_for(state="attached", timeout=60_000)

    def start_load(self, address: str, database: str, stall: float) -> None:
        """Start to load a model.

        Args:
            address: The address of the manifest.
            database: The database in which the library stores the model.
            stall: Seconds without new bytes after which the library cancels a download.
        """
        self.page.evaluate(scripts.START_LOAD, [address, database, stall, LOAD_TIMEOUT])

    def finish_load(self) -> dict[str, Any]:
        """Wait until the load has ended, and return its outcome."""
        return dict(json.loads(self.page.evaluate(scripts.WAIT_FOR_LOAD)))

    def list_stored(self, database: str) -> dict[str, Any]:
        """Return the versions of the stored models by their addresses, or an error."""
        return dict(json.loads(self.page.evaluate(scripts.LIST_STORED, database)))

    def has_chunk(self, database: str, sha256: str, index: int) -> bool:
        """Return whether a chunk of an incomplete version is stored."""
        return bool(self.page.evaluate(scripts.HAS_CHUNK, [database, sha256, index]))

    def take_opened_digests(self) -> list[str]:
        """Return the SHA-256 of each model that a session was opened with since the last call."""
        return [str(digest) for digest in self.page.evaluate(scripts.TAKE_OPENED_DIGESTS)]
