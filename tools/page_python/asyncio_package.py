"""asyncio without the parts for sockets, processes and signals, which pages lack.

In a page, this file is `asyncio/__init__.py`. The other parts are imported when one of their names
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
from importlib import import_module as _import_module

_PARTS = (
    *("coroutines", "events", "exceptions", "futures", "locks", "runners", "queues", "tasks"),
    *("taskgroups", "threads", "timeouts"),
)
_OTHER_PARTS = (
    *("base_events", "graph", "protocols", "streams", "subprocess", "transports", "unix_events"),
)
_POLICIES = {
    "AbstractEventLoopPolicy": "_AbstractEventLoopPolicy",
    "DefaultEventLoopPolicy": "_BaseDefaultEventLoopPolicy",
}
"""Deprecated names, and the names of the classes in `asyncio.events` that are returned for them.

pyodide.webloop uses the second. In CPython it is a subclass of this class, in `unix_events`.
"""


def __getattr__(name: str) -> object:
    """Return a name of the other parts, which are then imported, or a deprecated name."""
    if name in _POLICIES:
        return getattr(events, _POLICIES[name])
    if name == "__all__":
        parts = [_import_module(f"asyncio.{part}") for part in (*_PARTS, *_OTHER_PARTS)]
        return [each for part in parts for each in part.__all__]
    if not name.startswith("__"):
        for part in (_import_module(f"asyncio.{each}") for each in _OTHER_PARTS):
            if name in part.__all__:
                return getattr(part, name)
        if name in globals():  # a module, which the import of another part has set
            return globals()[name]
    raise AttributeError(f"module 'asyncio' has no attribute {name!r}")
