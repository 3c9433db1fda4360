"""The TensorFlow side: how the released model, `digits.onnx`, is trained, converted and measured.

It reads from top to bottom like a paper:

- `data`: MNIST, synthetic pen strokes, drawings that are not digits, and training batches
- `training`: the convolutional network and how it is fitted
- `export`: from Keras to ONNX, with the extra outputs that the page uses
- `evaluation`: accuracy, calibration and robustness of the released model
- `report`: the page docs/report/README.md and its plots
- `release`: all of these steps in order
"""
