"""The unit tests: no deadlines for hypothesis, and no event loop in the thread of a test."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    """Run each test in its own thread: Playwright's event loop may run in the main one."""
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    with ThreadPoolExecutor(1) as other:
        other.submit(pyfuncitem.obj, **arguments).result()
    return True
