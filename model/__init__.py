"""How the released model, `digits.onnx`, is trained with TensorFlow, converted and measured.

In the order in which a release uses them:

- `writing`: synthetic handwriting
- `data`: MNIST, images of synthetic handwriting, and training batches
- `training`: the convolutional network and its training
- `export`: conversion from Keras to ONNX, with the extra outputs that the page uses
- `evaluation`: accuracy, calibration and robustness of the released model
- `report`: generator of docs/report/README.md and its plots
- `release`: the module that builds the released model with them: train, convert, check, write
"""
