"""Modules that a page rarely uses run when they are used: tools/page_python/lazy_modules.py."""

import importlib
import json
import runpy
import subprocess
import sys

import pytest

from tools.lean import library

RUN = """
import json, runpy, sys
runpy.run_path(sys.argv[1])
import logging, concurrent.futures, socket
names = ("logging", "concurrent.futures", "socket")
is_lazy = {name: type(sys.modules[name]).__name__ for name in names}
before = "string" in sys.modules
values = [logging.DEBUG, "string" in sys.modules]
values += [logging.getLevelName(10), type(logging).__name__]
future = concurrent.futures.Future()
future.set_result(7)
missing = hasattr(socket, "no_such_name")
print(json.dumps([is_lazy, before, values, future.result(), missing, type(socket).__name__]))
"""


LAZY_MODULES = library.PAGE_PYTHON / "lazy_modules.py"


@pytest.fixture
def known():
    """Return the known names and their values, by module."""
    finders = sys.meta_path[:]
    try:
        return runpy.run_path(str(LAZY_MODULES))["KNOWN"]
    finally:
        sys.meta_path[:] = finders


def test_the_known_values_are_those_of_the_modules(known):
    for module, values in known.items():
        if module.startswith("pyodide."):
            continue
        for name, value in values.items():
            real = getattr(importlib.import_module(module), name)
            if isinstance(real, dict):  # the page's Python is newer, and may have more items
                assert real.items() <= value.items(), (module, name)
            else:
                assert real == value, (module, name)


def test_the_code_of_a_lazy_module_runs_when_an_unknown_name_is_looked_up():
    # With -I and -S, the interpreter itself imports as few modules as possible.
    command = [sys.executable, "-I", "-S", "-c", RUN, LAZY_MODULES]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    is_lazy, before, values, result, missing, socket_type = json.loads(done.stdout)
    assert set(is_lazy.values()) == {"LazyModule"}
    assert not before
    assert values == [10, False, "DEBUG", "module"]
    assert (result, missing, socket_type) == (7, False, "module")


def test_a_lazy_module_that_the_page_does_not_have_says_so_when_it_is_used():
    code = """
import runpy, sys
runpy.run_path(sys.argv[1])
sys.path.clear()
import subprocess
print(subprocess.PIPE)
try:
    subprocess.run
except ModuleNotFoundError as error:
    print(error)
"""
    command = [sys.executable, "-I", "-S", "-c", code, LAZY_MODULES]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert done.stdout.splitlines() == ["-1", "this page has no module 'subprocess'"]


def run_with_lazy_modules(code):
    """Run code in a new interpreter with lazy modules; return what it prints."""
    start = "import runpy, sys\nrunpy.run_path(sys.argv[1])\n"
    command = [sys.executable, "-I", "-S", "-c", start + code, LAZY_MODULES]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()


def test_lazy_modules_can_be_star_imported_listed_reloaded_and_changed():
    assert run_with_lazy_modules("from logging import *\nprint(getLevelName(10))") == ["DEBUG"]
    assert run_with_lazy_modules("import socket\nprint('socket' in dir(socket))") == ["True"]
    code = "import importlib, logging\nimportlib.reload(logging)\nprint(logging.INFO)"
    assert run_with_lazy_modules(code) == ["20"]
    code = "import logging\nlogging.raiseExceptions = False\nlogging.INFO"
    assert run_with_lazy_modules(f"{code}\nprint(logging.raiseExceptions)") == ["False"]
