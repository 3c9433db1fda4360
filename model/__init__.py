"""How the released model, `digits.onnx`, is trained with TensorFlow, converted and measured.

The packages, in the order in which a training uses them:

- `writing`: synthetic handwriting
- `data`: MNIST, images of synthetic handwriting, and training batches
- `training`: the convolutional network and its training
- `export`: conversion from Keras to ONNX, with the extra outputs that the page uses
- `evaluation`: accuracy, calibration and robustness of the released model
- `report`: generator of docs/report/README.md and its plots
- `release`: the build of the released model: train, convert, check, and write its files
"""
