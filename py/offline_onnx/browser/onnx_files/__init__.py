"""Open `.onnx` files that have no manifest, with onnxruntime's options, in a browser.

In reading order:

- `session`: sessions of onnxruntime-web with options, providers and the model's own description.
- `python_files`: read files of Pyodide's file system, and Python's bytes.
- `http_file`: a file on a server.
- `load`: load models and open sessions, from addresses, files and bytes.
"""
