"""Pyodide and onnxruntime-web, trimmed to what a page uses."""
