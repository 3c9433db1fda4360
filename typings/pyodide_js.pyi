# Pyodide's own JavaScript object.
from typing import Any

_module: Any
