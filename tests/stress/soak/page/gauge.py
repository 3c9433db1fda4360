"""Runs in the page: reports the number of objects, and whether all readings are done."""

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
    """Collect garbage, then return three counts as JSON.

    They are: all Python objects, the Python objects that JavaScript holds, and the JavaScript
    objects that Python holds.
    """
    gc.collect()
    return json.dumps(
        {
            "Python objects": len(gc.get_objects()),
            "Python objects in JavaScript": int(module.pyproxy_alloc_map.size),
            "JavaScript objects in Python": int(module._hiwire_num_refs()),
        }
    )


window.countObjects = create_proxy(count_objects)
window.isUpToDate = create_proxy(lambda: page.app.is_up_to_date)
