"""Fixtures of the stress tests, which run in Chromium."""

import pytest

from tests.browser.conftest import (  # noqa: F401  # pytest finds them by these names
    app,
    browser_context_args,
    browser_type_launch_args,
    fail_on_unexpected_requests,
    first_visit,
    record_all_contexts,
    shared_context,
    visited_context_and_server,
    visited_site,
)
from tests.browser.support.optimisation import without_optimisation
from tests.support import time_limits


@pytest.fixture(scope="package", autouse=True)
def cheap_chromium():
    """Make Chromium take less processor time, because these tests don't check its speed."""
    with without_optimisation():
        yield


@pytest.fixture(autouse=True)
def slowdown(monkeypatch):
    """Multiply the time limits of pages by the slowdown of this machine; return the slowdown.

    In tests/browser/, they are multiplied by a constant, PAGE_TIMEOUT_FACTOR.
    """
    slowdown = time_limits.measure_slowdown()
    monkeypatch.setattr(time_limits, "PAGE_TIMEOUT_FACTOR", slowdown)
    return slowdown
