"""The library in other worlds. A world is a way to run Python in a browser: see docs/worlds.md.

- `world`: a page of a world, in which Python runs
- `code_runner.py`, `channel.js`: run a test's Python in a page of PyScript, JupyterLite or marimo
- `plain/`: a page that starts plain Pyodide
- `documented`: the cells in docs/worlds/, and what must hold after one has run
- `packages`: install the packages that only the tests in this folder need
- `distribution`: write a Pyodide that has packages
"""
