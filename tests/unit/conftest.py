"""Configuration of the unit tests: settings of hypothesis, and a thread for each test."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, settings

# Every run tries other examples, so 40 examples, instead of hypothesis's 100, lose little.
settings.register_profile(
    "slow machine",
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("slow machine")


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    """Run each test in its own thread, because Playwright's event loop may run in the main thread.

    `asyncio.run` can't be called in a thread with a running event loop.
    """
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    with ThreadPoolExecutor(1) as executor:
        executor.submit(pyfuncitem.obj, **arguments).result()
    return True
