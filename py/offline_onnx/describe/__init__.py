"""Write the manifest of an `.onnx` file: digests, inputs, outputs and a self-test.

Needs the packages onnxruntime and numpy.

In reading order:

- `description`: the function `describe`, which returns the manifest of a model.
- `recording`: run a model and record its self-test.
- `inputs`: the inputs of a self-test: a sample that the publisher gives, or random numbers.
- `operators`: read the names of a model's operators; change the seeds of random operators.
"""

from offline_onnx.describe.description import describe

__all__ = ["describe"]
