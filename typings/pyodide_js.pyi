# The attributes of Pyodide's JavaScript API that the library and the page use.
from typing import Any

FS: Any
_module: Any
