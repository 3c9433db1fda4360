"""The library outside its own page: wherever others run Python in a browser.

- `world`: a page in which Python runs
- `documented`: the cells in docs/worlds/, and what must hold after one has run
- `packages`: install the packages that only these tests need
- `distribution`: write a Pyodide that has packages
"""
