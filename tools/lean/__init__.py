"""Trim Pyodide and onnxruntime-web to the code that a page uses, so that the page starts faster.

- `interpreter`: trim Pyodide's WebAssembly and split it into two modules
- `pyodide_js`: trim Pyodide's JavaScript
- `library`: pack the standard library and this project's packages into one zip
- `runtime`: trim onnxruntime-web to one model
- `wasm`: read and change WebAssembly modules

pyodide_recorded.txt lists the functions of the interpreter that a page load calls; `build.py watch`
writes it.
"""
