"""From the trained Keras network to the released ONNX model.

- `convert`: Keras to ONNX by tf2onnx, with checks that both give the same answers
- `graph`: add outputs for layers, features and distances; store weights as float16
- `prototypes`: typical features of each digit, by k-means (Lloyd 1982)
- `thresholds`: temperature scaling (Guo et al. 2017), and the threshold for a confident answer
"""
