"""The stress tests run in Chromium: they share its fixtures."""

from tests.browser.conftest import (  # noqa: F401  # pytest finds them by these names
    all_contexts,
    browser_context_args,
    browser_type_launch_args,
    home,
    nothing_watched,
    ready,
)
