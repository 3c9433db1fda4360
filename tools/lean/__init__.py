"""Pyodide and onnxruntime-web, trimmed to what a page uses: smaller downloads and faster starts.

- `interpreter`: Pyodide's WebAssembly, trimmed and split in two
- `pyodide_js`: Pyodide's JavaScript, trimmed
- `library`: the standard library and our packages, as one zip
- `runtime`: onnxruntime-web, trimmed to one model
- `wasm`: read and change WebAssembly modules

pyodide_recorded.txt lists the functions of the interpreter that a start calls; `build.py watch`
writes it.
"""
