"""Open `.onnx` files that have no manifest, with onnxruntime's options, in a browser.

In reading order:

- `pyodide_files`: read files in Pyodide's file system, and Python's bytes.
- `threads`: set the number of onnxruntime-web's threads.
- `session`: sessions of onnxruntime-web with options, execution providers and metadata.
- `http_file`: a file on a server.
- `load`: load models and open sessions, from addresses, files and bytes.
"""
