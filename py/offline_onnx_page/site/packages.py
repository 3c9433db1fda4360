"""Pack the Python packages that a page imports, so that they are there without a network.

Python files, folders and pure wheels become one zip. Wheels with compiled code are copied from a
Pyodide distribution, with the packages that they need.
"""
