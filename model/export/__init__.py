"""Conversion of the trained Keras network to the released ONNX model.

- `convert`: conversion by tf2onnx, and checks of the converted model
- `graph`: changes of the ONNX graph: outputs for layers, features, distances; float16 weights
- `prototypes`: typical features of each digit and sign, by k-means (Lloyd 1982)
- `template_hand`: the hand in which the page writes results
- `thresholds`: temperature scaling (Guo et al. 2017), and the threshold for a confident reading
"""
