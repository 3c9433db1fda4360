"""The command `backend`: run ONNX's own tests of operators in onnxruntime-web and in offline_onnx.

The package `onnx` has small models, with inputs and expected outputs, that cover all operators and
their options. Each model runs in Chromium, in onnxruntime-web alone. If it passes there, it also
runs through `offline_onnx`, and in the runtime of `offline_onnx` for untrusted models.

- `cases`: the tests of the package `onnx`
- `tensors`: send tensors to the page, read those that it returns, compare them
- `run`: run the models in the page, count and print the results

`page/` is the page in which they run. It has its own `main.py`, `runs.js` and `tensors.js`.
"""
