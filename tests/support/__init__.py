"""What tests of several rooms share.

- `strokes`: a drawing of each digit
- `small_models`: small ONNX models, built for a test
- `own_model_page`: the code blocks of docs/your-own-model.md
- `bundling`: one bundling at a time
- `tables`: tables of results, printed after the tests
"""
