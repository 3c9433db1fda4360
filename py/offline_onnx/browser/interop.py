"""Convert dicts to JavaScript, call methods that return promises, and use Web Locks."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import js
from js import Array, Object, Promise, Reflect
from pyodide.ffi import JsException, create_proxy, to_js

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence

STORAGE_TIMEOUT = 5.0
"""Timeout in seconds for the browser's storage. In some private windows, it never answers."""


class Rejected(Exception):  # named after JavaScript's rejected promises
    """JavaScript threw an error, or rejected a promise.

    Attributes:
        name: the error's name, such as "AbortError".

    """

    def __init__(self, js_error: Any) -> None:
        self.name = str(getattr(js_error, "name", ""))
        message = getattr(js_error, "message", js_error)
        super().__init__(" ".join(f"{self.name}: {message}".strip(": ").split()))


def js_object(mapping: Mapping[str, Any]) -> Any:
    """Convert a dict to a plain JavaScript object; by default, Pyodide would create a Map."""
    return to_js(mapping, dict_converter=Object.fromEntries)


async def call(js_owner: Any, method: str, *arguments: Any, timeout_s: float | None = None) -> Any:
    """Call `js_owner.method(*arguments)` and await the promise that it returns.

    Args:
        js_owner: the object that has the method.
        method: the name of the method.
        arguments: the arguments of the method.
        timeout_s: the timeout in seconds; None for no timeout.

    Raises:
        Rejected: the method threw, or its promise was rejected.
        TimeoutError: the promise was not settled in time.

    """
    (js_outcome,) = await asyncio.wait_for(begin(js_owner, method, *arguments), timeout_s)
    return value_of(js_outcome)


def begin(js_owner: Any, method: str, *arguments: Any) -> Any:
    """Call `js_owner.method(*arguments)`; return a promise of an array with its outcome.

    Pyodide can't simply await the promise of the method. If it is rejected with an object that
    Pyodide does not recognize as an Error, such as Chromium's QuotaExceededError, the await never
    ends. And a promise that is returned to Python can't be passed to `Promise.allSettled`. So
    JavaScript's `Array.from` makes the call, with `Reflect.apply` as its mapper, and
    `Promise.allSettled` turns the outcome into a value.

    Raises:
        Rejected: the method threw.

    """
    js_apply = Reflect.apply.bind(None, getattr(js_owner, method), js_owner)
    try:
        return Promise.allSettled(Array.from_(Array.of(to_js(arguments)), js_apply))
    except JsException as error:
        raise Rejected(error) from error


def value_of(js_outcome: Any) -> Any:
    """Return the value in an outcome from `Promise.allSettled`. Raises Rejected if it failed."""
    if js_outcome.status == "rejected":
        raise Rejected(js_outcome.reason)
    return js_outcome.value


async def first_event(js_target: Any, events: Sequence[str], timeout_s: float) -> str:
    """Wait until an IndexedDB request or transaction fires one of several events.

    Args:
        js_target: the request or transaction.
        events: the types of the events.
        timeout_s: the timeout in seconds.

    Returns:
        The type of the event that was fired first.

    Raises:
        TimeoutError: no event was fired in time.

    """
    first: asyncio.Future[str] = asyncio.Future()

    def on_event(js_event: Any) -> None:
        if not first.done():
            first.set_result(str(js_event.type))

    js_listener = create_proxy(on_event)
    for event in events:
        js_target.addEventListener(event, js_listener)
    try:
        return await asyncio.wait_for(first, timeout_s)
    finally:
        for event in events:
            js_target.removeEventListener(event, js_listener)
        js_listener.destroy()


@asynccontextmanager
async def lock(name: str) -> AsyncGenerator[None]:
    """Hold the Web Lock of this name, which all tabs of the origin share.

    When a tab is closed or crashes, its locks are released. In a browser without Web Locks, or if
    the browser refuses the lock, the block runs without a lock. See https://w3c.github.io/web-locks/.
    """
    js_locks = getattr(js.navigator, "locks", None)
    if not js_locks:
        yield
        return
    granted: asyncio.Future[None] = asyncio.Future()
    released = asyncio.get_running_loop().create_future()

    def hold(_js_lock: Any) -> asyncio.Future[None]:
        if not granted.done():
            granted.set_result(None)
        return released

    def end(request: asyncio.Future[Any]) -> None:
        js_hold.destroy()
        # If the request is rejected, continue without a lock: retrieve the exception, so that
        # asyncio does not log it.
        if request.exception() and not granted.done():
            granted.set_result(None)

    js_hold = create_proxy(hold)
    request = asyncio.ensure_future(js_locks.request(name, js_hold))
    request.add_done_callback(end)
    try:
        await granted
        yield
    finally:
        released.set_result(None)
