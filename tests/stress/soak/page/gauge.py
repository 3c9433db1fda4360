"""Runs in the page: counts objects, and reports whether the drawing has been read."""

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


def count_objects() -> str:
    """Return as JSON the numbers of Python objects and of references across languages."""
    gc.collect()
    return json.dumps(
        {
            "Python objects": len(gc.get_objects()),
            "proxies of Python's": int(module.pyproxy_alloc_map.size),
            "JavaScript objects in Python": int(module._hiwire_num_refs()),
        }
    )


window.countObjects = create_proxy(count_objects)
window.isUpToDate = create_proxy(lambda: page.app.is_up_to_date)
