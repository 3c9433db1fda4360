"""An option that makes Chromium take less processor time, and where tests use it."""

from contextlib import contextmanager

from tools.env import engines

DELAY_OPTIMISATION = "--js-flags=--wasm-tiering-budget=400000000"
"""Make V8 optimise a WebAssembly function only after thirty times as much use.

That saves a third of the work of a first visit. The journeys don't use this flag.
"""


@contextmanager
def delay_optimisation():
    """Start Chromium with DELAY_OPTIMISATION, also in the commands of build.py."""
    engines.CHROMIUM_ARGUMENTS.append(DELAY_OPTIMISATION)
    yield
    engines.CHROMIUM_ARGUMENTS.remove(DELAY_OPTIMISATION)
