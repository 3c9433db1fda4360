"""The only converter of dicts, and the safe way to call JavaScript that gives a promise."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from js import Array, Object, Promise, Reflect
from pyodide.ffi import JsException, create_proxy, to_js

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Rejected(Exception):  # what JavaScript calls it
    """JavaScript threw, or rejected a promise. name: the error's, such as "AbortError"."""

    def __init__(self, js_error: Any) -> None:
        self.name = str(getattr(js_error, "name", ""))
        message = getattr(js_error, "message", js_error)
        super().__init__(" ".join(f"{self.name}: {message}".strip(": ").split()))


def js_object(mapping: Mapping[str, Any]) -> Any:
    """Make a plain JavaScript object: what options, records and feeds have to be."""
    return to_js(mapping, dict_converter=Object.fromEntries)


async def call(js_owner: Any, method: str, *arguments: Any, patience: float | None = None) -> Any:
    """Call `js_owner.method(*arguments)` and await the promise it gives.

    patience: seconds after which TimeoutError is raised. Raises Rejected for whatever is thrown or
    rejected. Awaited directly, a promise that is rejected with something that Pyodide takes for no
    Error, such as Chromium's QuotaExceededError, would never end; and a promise that is returned
    to Python can't be handed back. So `Array.from` makes the call, with `Reflect.apply` as its
    mapper, and `Promise.allSettled` turns its end into a value.
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


async def settled(js_target: Any, events: Sequence[str], patience: float) -> str:
    """Wait for the first of some events; give its name. Raises TimeoutError.

    patience: in seconds. The target is an IndexedDB request or transaction.
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
