"""An option that makes Chromium take less processor time, and a context manager that sets it."""

from contextlib import contextmanager

from tools.env import engines

DELAY_OPTIMISATION = "--js-flags=--wasm-tiering-budget=400000000"
"""Make V8 optimise a WebAssembly function only after thirty times as much use as by default.

That saves a third of the work of a first visit. The tests in tests/journeys/ don't use this flag.
"""


@contextmanager
def delay_optimisation():
    """Within the `with` block, start every Chromium with DELAY_OPTIMISATION.

    That includes those that commands of build.py start in this process.
    """
    engines.CHROMIUM_ARGUMENTS.append(DELAY_OPTIMISATION)
    yield
    engines.CHROMIUM_ARGUMENTS.remove(DELAY_OPTIMISATION)
