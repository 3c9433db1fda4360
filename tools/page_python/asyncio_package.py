"""The part of asyncio that needs no sockets, processes and signals, which a page does not have.

In a page, this file is `asyncio/__init__.py`. The rest of asyncio is imported when one of its names
is looked up. Pyodide brings its own event loop (`pyodide.webloop`).
"""

from asyncio import events
from asyncio.coroutines import *
from asyncio.events import *
from asyncio.exceptions import *
from asyncio.futures import *
from asyncio.locks import *
from asyncio.queues import *
from asyncio.runners import *
from asyncio.taskgroups import *
from asyncio.tasks import *
from asyncio.threads import *
from asyncio.timeouts import *
from importlib import import_module

_REST = ("base_events", "graph", "protocols", "streams", "subprocess", "transports", "unix_events")
_POLICIES = {
    "AbstractEventLoopPolicy": "_AbstractEventLoopPolicy",
    "DefaultEventLoopPolicy": "_BaseDefaultEventLoopPolicy",
}
"""The deprecated names of two classes in `asyncio.events`. pyodide.webloop uses them."""


def __getattr__(name: str) -> object:
    if name in _POLICIES:
        return getattr(events, _POLICIES[name])
    if not name.startswith("__"):
        for module in map(import_module, (f"asyncio.{each}" for each in _REST)):
            if name in module.__all__:
                return getattr(module, name)
    raise AttributeError(f"module 'asyncio' has no attribute {name!r}")
