"""The Python packages that a page imports.

In reading order:

- `settings`: read page.toml, which names them.
- `wheels`: read wheels, and find out whether they run in a page.
- `fetched`: fetch wheels from PyPI with pip, and pin them.
- `packing`: pack all packages of a page.
"""
