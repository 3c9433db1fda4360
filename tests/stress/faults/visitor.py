"""A visitor whose page loads models with the library."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.stress.faults import scripts
from tests.stress.harness.visitor import Visitor

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page, Playwright

LIMIT = 30.0
"""Seconds within which a load has to end."""


class LoadingVisitor(Visitor):
    """Opens the page of the fault tests, without a service worker: none ever handles a model."""

    def __init__(
        self, playwright: Playwright, executable: str, profile: Path, address: str
    ) -> None:
        super().__init__(playwright, executable, profile, address, service_workers="block")

    def wait_until_ready(self, page: Page) -> None:
        """Wait until the page's functions are there."""
        page.locator("html[data-probe=ready]").wait_for(state="attached", timeout=60_000)

    def begin(self, address: str, database: str, stall: float) -> None:
        """Begin to load a model.

        Args:
            address: The manifest's.
            database: The database to store it in.
            stall: Seconds of silence after which the library cancels a download.
        """
        self.page.evaluate(scripts.BEGIN, [address, database, stall, LIMIT])

    def end(self) -> dict[str, Any]:
        """Wait for the outcome of the load and return it."""
        return dict(json.loads(self.page.evaluate(scripts.END)))

    def listing(self, database: str) -> dict[str, Any]:
        """Return what is stored."""
        return dict(json.loads(self.page.evaluate(scripts.LIST, database)))

    def has_chunk(self, database: str, sha256: str, index: int) -> bool:
        """Whether a chunk of an incomplete version is stored."""
        return bool(self.page.evaluate(scripts.CHUNK, [database, sha256, index]))

    def opened(self) -> list[str]:
        """Return the SHA-256 of everything that sessions were opened with since the last call."""
        return [str(digest) for digest in self.page.evaluate(scripts.OPENED)]
