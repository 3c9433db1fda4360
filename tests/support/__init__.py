"""Test data and helpers that several folders of tests use.

- `strokes`: a drawing of each digit
- `photos`: pictures of digits on paper
- `small_models`: small ONNX models
- `own_model_page`: the code blocks of docs/your-own-model.md and the pages that follow it
- `user_code`, `user_models`: code of a user of the library, and the models that it opens
- `user_patterns`: the patterns in docs/onnxruntime-api.md
- `bundling`: bundle in one process at a time, and without compression
- `small_training`: run build.py with a training that takes seconds
- `time_limits`: time limits that also suit a busy machine
- `tables`: collect tables of results, and format them for printing after the tests
"""
