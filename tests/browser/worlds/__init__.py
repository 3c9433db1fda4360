"""The library outside its own page: plain Pyodide, on a page's main thread and in workers."""
