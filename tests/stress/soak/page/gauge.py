"""Runs in the page: reports what Python holds, and whether it has read everything."""

from __future__ import annotations

import gc
import json
from typing import Any

import pyodide_js
from js import window
from pyodide.ffi import create_proxy

from digits.page import main

page: Any = main.page
module = pyodide_js._module
module.enable_pyproxy_allocation_tracing()


def held() -> str:
    """Return as JSON how many objects each language holds, and of the other one's."""
    gc.collect()
    return json.dumps(
        {
            "Python objects": len(gc.get_objects()),
            "proxies of Python's": int(module.pyproxy_alloc_map.size),
            "JavaScript objects in Python": int(module._hiwire_num_refs()),
        }
    )


window.held = create_proxy(held)
window.isUpToDate = create_proxy(lambda: page.app.is_up_to_date)
