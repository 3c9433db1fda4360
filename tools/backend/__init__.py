"""The command `backend`: run ONNX's own tests of operators in onnxruntime-web and in offline_onnx.

The package `onnx` has small models, with inputs and expected outputs, that cover ONNX's operators
and their options. Each model runs in Chromium, in onnxruntime-web alone. If it passes there, it
also runs through `offline_onnx`, and in the runtime of `offline_onnx` for untrusted models.

- `cases`: the tests of the package `onnx`
- `tensors`: convert tensors to JSON for the page and back, compare outputs
- `run`: run the models in the page, count and print the results

`page/` is the page in which the models run.
"""
