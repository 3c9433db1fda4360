"""Open `.onnx` files that have no manifest, with onnxruntime's options, in a browser.

In reading order:

- `python_files`: read files of Pyodide's file system, and Python's bytes.
- `threads`: have onnxruntime-web run models with several threads, where it can.
- `session`: sessions of onnxruntime-web with options, providers and the model's own description.
- `http_file`: a file on a server.
- `load`: load models and open sessions, from addresses, files and bytes.
"""
