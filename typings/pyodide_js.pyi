# The attributes of Pyodide's JavaScript API that the page uses.
from typing import Any

FS: Any
_module: Any
