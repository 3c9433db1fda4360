"""The start of Python in a page of the library, with and without a snapshot."""

from playwright.sync_api import expect

from tests.browser.library.in_page import python, wait_until_ready
from tests.browser.support.drawing import wait_for_value
from tests.browser.support.first_visit import STORED_SNAPSHOTS


def reload_restored(page):
    """Reload the page, and check that Python starts from a snapshot."""
    wait_for_value(lambda: page.evaluate(STORED_SNAPSHOTS) != [], True)
    page.reload()
    wait_until_ready(page)
    expect(page.locator("html")).to_have_attribute("data-python", "restored")
    expect(page.locator("html")).to_have_attribute("data-offline", "ready")


def test_run_sync_is_not_available(library):
    code = """
from pyodide.ffi import can_run_sync
can_run_sync()
"""
    assert python(library, code) is False


def test_every_restored_start_imports_modules_and_has_a_new_random_seed(own_library):
    numbers = set()
    for _ in range(2):
        reload_restored(own_library)
        assert python(own_library, "import statistics\nstatistics.mean([1, 3])") == 2
        numbers.add(python(own_library, "import random\nrandom.random()"))
    assert len(numbers) == 2
