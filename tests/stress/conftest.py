"""The stress tests run in Chromium: they share its fixtures. Pages go by their own time limits."""

import pytest

from tests.browser.conftest import (  # noqa: F401  # pytest finds them by these names
    app,
    browser_context_args,
    browser_type_launch_args,
    fail_on_unexpected_requests,
    record_all_contexts,
    visited_site,
)
from tests.support import waiting


@pytest.fixture(autouse=True)
def slow(monkeypatch):
    """Stretch the time limits of pages by the machine's slowness alone; return it."""
    slow = waiting.slowness()
    monkeypatch.setattr(waiting, "STRETCH", slow)
    return slow
