"""Convert dicts, call JavaScript that returns promises, and lock among the tabs of a site."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from js import Array, Object, Promise, Reflect, navigator
from pyodide.ffi import JsException, create_proxy, to_js

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence

PATIENCE = 5.0
"""Seconds to wait for the browser's storage; in some private windows it never answers."""


class Rejected(Exception):  # as JavaScript names it
    """JavaScript threw an error, or rejected a promise.

    Attributes:
        name: the error's name, such as "AbortError".

    """

    def __init__(self, js_error: Any) -> None:
        self.name = str(getattr(js_error, "name", ""))
        message = getattr(js_error, "message", js_error)
        super().__init__(" ".join(f"{self.name}: {message}".strip(": ").split()))


def js_object(mapping: Mapping[str, Any]) -> Any:
    """Return a plain JavaScript object, as options, records and feeds have to be."""
    return to_js(mapping, dict_converter=Object.fromEntries)


async def call(js_owner: Any, method: str, *arguments: Any, patience: float | None = None) -> Any:
    """Call `js_owner.method(*arguments)` and await the promise that it returns.

    Pyodide never resumes an await of a promise that is rejected with something that it does not
    take for an Error, such as Chromium's QuotaExceededError; and a promise that is returned to
    Python can't be passed back. So `Array.from` makes the call, with `Reflect.apply` as its mapper,
    and `Promise.allSettled` turns the outcome into a value.

    Args:
        js_owner: the object.
        method: the name of its method.
        arguments: passed to the method.
        patience: seconds to wait; None to wait forever.

    Raises:
        Rejected: the method threw, or its promise was rejected.
        TimeoutError: the promise was not settled in time.

    """
    js_apply = Reflect.apply.bind(None, getattr(js_owner, method), js_owner)
    try:
        js_promises = Array.from_(Array.of(to_js(arguments)), js_apply)
    except JsException as error:
        raise Rejected(error) from error
    (js_outcome,) = await asyncio.wait_for(Promise.allSettled(js_promises), patience)
    if js_outcome.status == "rejected":
        raise Rejected(js_outcome.reason)
    return js_outcome.value


async def first_event(js_target: Any, events: Sequence[str], patience: float) -> str:
    """Wait for the first of some events of an IndexedDB request or transaction.

    Args:
        js_target: the request or transaction.
        events: the types of the events.
        patience: seconds to wait.

    Returns:
        The type of the event that came first.

    Raises:
        TimeoutError: none came in time.

    """
    ended = asyncio.get_running_loop().create_future()

    def end(js_event: Any) -> None:
        if not ended.done():
            ended.set_result(str(js_event.type))

    js_end = create_proxy(end)
    for event in events:
        js_target.addEventListener(event, js_end)
    try:
        return str(await asyncio.wait_for(ended, patience))
    finally:
        for event in events:
            js_target.removeEventListener(event, js_end)
        js_end.destroy()


@asynccontextmanager
async def lock(name: str) -> AsyncGenerator[None]:
    """Hold the Web Lock of this name among all tabs of the origin; without Web Locks, hold nothing.

    A tab that is closed or crashes releases its locks. See https://w3c.github.io/web-locks/.
    """
    js_locks = getattr(navigator, "locks", None)
    if not js_locks:
        yield
        return
    loop = asyncio.get_running_loop()
    granted, released = loop.create_future(), loop.create_future()

    def hold(_js_lock: Any) -> asyncio.Future[None]:
        if not granted.done():
            granted.set_result(None)
        return released

    js_hold = create_proxy(hold)
    request = asyncio.ensure_future(js_locks.request(name, js_hold))
    request.add_done_callback(lambda _: js_hold.destroy())
    request.add_done_callback(lambda ended: ended.exception())  # refused: continue without a lock
    try:
        await asyncio.wait((granted, request), return_when=asyncio.FIRST_COMPLETED)
        yield
    finally:
        released.set_result(None)
