"""How Python was started in the page."""

from playwright.sync_api import expect

from tests.browser.library.in_page import python
from tests.browser.start.test_snapshot import KEPT
from tests.browser.support.drawing import eventually


def test_stacks_are_never_switched(library):
    code = """
from pyodide.ffi import can_run_sync
can_run_sync()
"""
    assert python(library, code) is False


def test_python_is_restored_from_the_second_visit_on_and_can_import_all(library):
    eventually(lambda: library.evaluate(KEPT) != [], True)
    library.reload()
    expect(library.locator("html")).to_have_attribute("data-python", "restored")
    expect(library.locator("html")).to_have_attribute("data-offline", "ready")
    assert python(library, "import statistics\nstatistics.mean([1, 3])") == 2


def test_every_restored_start_has_other_random_numbers(library):
    eventually(lambda: library.evaluate(KEPT) != [], True)
    numbers = set()
    for _ in range(2):
        library.reload()
        expect(library.locator("html")).to_have_attribute("data-python", "restored")
        expect(library.locator("html")).to_have_attribute("data-offline", "ready")
        numbers.add(python(library, "import random\nrandom.random()"))
    assert len(numbers) == 2
