"""Test data and helpers that several folders of tests use.

- `strokes`: a drawing of each digit
- `photos`: pictures of digits on paper
- `small_models`: small ONNX models
- `own_model_page`: the code blocks of docs/your-own-model.md and of four related pages of docs/
- `onnxruntime_user`: code of a user who knows onnxruntime, and the models that this code opens
- `bundling`: bundle in one process at a time, and without compression
- `installed_command`: the command `offline-onnx`, installed from its wheels
- `small_training`: run build.py with a training that takes seconds
- `time_limits`: time limits that also suit a busy machine
- `tables`: collect tables of results, and format them for printing after the tests
"""
