"""What tests of several rooms share.

- `strokes`: a drawing of each digit
- `photos`: pictures of digits on paper
- `small_models`: small ONNX models, built for a test
- `own_model_page`: the code blocks of docs/your-own-model.md and of the pages after it
- `bundling`: one bundling at a time
- `waiting`: time limits on a busy machine
- `tables`: tables of results, printed after the tests
"""
