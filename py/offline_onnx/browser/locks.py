"""One tab at a time: Web Locks, from https://w3c.github.io/web-locks/."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from js import navigator
from pyodide.ffi import create_proxy

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator


@asynccontextmanager
async def lock(name: str) -> AsyncGenerator[None]:
    """Hold the lock of this name among all tabs of the origin; without Web Locks, hold nothing.

    A tab that is closed or crashes gives its locks back, so there is nothing to wait for in vain.
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
    request.add_done_callback(lambda ended: ended.exception())  # refused: go on without a lock
    try:
        await asyncio.wait((granted, request), return_when=asyncio.FIRST_COMPLETED)
        yield
    finally:
        released.set_result(None)
