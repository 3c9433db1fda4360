"""An option that makes Chromium take less processor time, and where tests use it."""

from contextlib import contextmanager

from tools.env import engines

NO_OPTIMISATION = "--js-flags=--liftoff-only"
"""Make V8 compile WebAssembly with its fast compiler alone, without optimising it afterwards.

That saves a quarter of the work of a first visit. The journeys don't use this flag.
"""


@contextmanager
def without_optimisation():
    """Start Chromium with NO_OPTIMISATION, also in the commands of build.py."""
    engines.CHROMIUM_ARGUMENTS.append(NO_OPTIMISATION)
    yield
    engines.CHROMIUM_ARGUMENTS.remove(NO_OPTIMISATION)
