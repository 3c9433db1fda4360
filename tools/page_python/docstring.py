"""No docstrings for the methods of Pyodide's proxies, since pages do without docstrings.

In a page, this file is `_pyodide/docstring.py`, which Pyodide calls when it starts.
"""


def get_cmeth_docstring(_func: object) -> str:
    """Return the docstring of a method that is written in C: none."""
    return ""
