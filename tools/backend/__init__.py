"""The command `backend`: run ONNX's own tests of operators in onnxruntime-web and in offline_onnx.

The package `onnx` has a small model with inputs and expected outputs for each operator and option.
Each model runs in Chromium, through onnxruntime-web alone, through `offline_onnx`, and through its
isolated runtime.

- `cases`: the tests of the package `onnx`
- `tensors`: send tensors to the page, read those that it returns, compare them
- `run`: run the models in the page, count and print the results

`page/` is the page in which they run. It has its own `main.py`, and `runs.js`.
"""
