"""Read images with a model, learn from examples, and explain a reading.

- `contract`: the names of labels, outputs and metadata that the app and its models share.
- `recogniser`: read images with a model.
- `place`: how likely each symbol is at a place on the line.
- `syntax`: how likely each symbol is beside its neighbours.
- `regroup`: join and split symbols where that makes the line more probable.
- `line_reader`: read a drawing of one or more lines.
- `examples`: the examples that the user teaches, and files of examples.
- `nearest`: learn examples at once, by nearest neighbours.
- `compatible`: check whether the app can use a custom model.
- `occlusion`: explain a reading by erasing patches of ink.
- `paint`: draw pictures of an explanation and of the network's layers.
"""
