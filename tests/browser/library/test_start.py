"""Python in a page of the library: it can't wait for promises synchronously; its snapshots work."""

from playwright.sync_api import expect

from tests.browser.library.in_page import run_python, wait_until_ready
from tests.browser.support.drawing import wait_for_value
from tests.browser.support.first_visit import STORED_SNAPSHOTS


def reload_from_snapshot(page):
    """Reload the page, and check that Python starts from a snapshot."""
    wait_for_value(lambda: page.evaluate(STORED_SNAPSHOTS) != [], True)
    page.reload()
    wait_until_ready(page)
    expect(page.locator("html")).to_have_attribute("data-python", "restored")
    expect(page.locator("html")).to_have_attribute("data-offline", "ready")


def test_python_can_not_wait_for_promises_synchronously(library_page):
    code = """
from pyodide.ffi import can_run_sync
can_run_sync()
"""
    assert run_python(library_page, code) is False


def test_every_start_from_a_snapshot_can_import_modules_and_has_a_new_random_seed(own_library_page):
    numbers = set()
    for _ in range(2):
        reload_from_snapshot(own_library_page)
        assert run_python(own_library_page, "import statistics\nstatistics.mean([1, 3])") == 2
        numbers.add(run_python(own_library_page, "import random\nrandom.random()"))
    assert len(numbers) == 2


def test_all_of_asyncio_and_of_the_modules_that_run_late_can_be_used(own_library_page):
    reload_from_snapshot(own_library_page)
    code = """
import asyncio, sys
before = "asyncio.streams" in sys.modules
submodule = asyncio.subprocess.__name__
from asyncio import *
names = {"gather", "StreamReader", "run", "TimeoutError", "Protocol"}
from logging import *
import subprocess
error = subprocess.CalledProcessError.__name__
[before, submodule, names <= set(globals()), getLevelName(10), error]
"""
    found = run_python(own_library_page, code)
    assert found == [False, "asyncio.subprocess", True, "DEBUG", "CalledProcessError"]
