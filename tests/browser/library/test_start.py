"""How Python was started in the page."""

from tests.browser.library.in_page import python


def test_stacks_are_never_switched(library):
    code = """
from pyodide.ffi import can_run_sync
can_run_sync()
"""
    assert python(library, code) is False
