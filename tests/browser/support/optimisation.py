"""An option that makes Chromium take less processor time, and a context manager that sets it."""

from contextlib import contextmanager

from tools.env import engines

NO_OPTIMISATION = "--js-flags=--liftoff-only"
"""Make V8 compile WebAssembly with its fast compiler alone, without optimising it afterwards.

That saves a quarter of the work of a first visit. In tests/journeys/, one browser of each engine
optimises.
"""


@contextmanager
def without_optimisation():
    """Within the `with` block, start every Chromium with NO_OPTIMISATION.

    That includes those that commands of build.py start in this process.
    """
    engines.CHROMIUM_ARGUMENTS.append(NO_OPTIMISATION)
    yield
    engines.CHROMIUM_ARGUMENTS.remove(NO_OPTIMISATION)
