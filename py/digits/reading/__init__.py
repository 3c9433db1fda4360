"""Read images with a model, learn from examples, and explain a reading.

- `contract`: the names of labels, outputs and metadata that the app and its models share.
- `recogniser`: read images with a model.
- `examples`: the examples that the user teaches, and files of examples.
- `nearest`: learn examples at once, by nearest neighbours.
- `compatible`: check whether the app can use a custom model.
- `occlusion`: explain a reading by erasing patches of ink.
- `paint`: draw pictures of an explanation and of the network's layers.
"""
