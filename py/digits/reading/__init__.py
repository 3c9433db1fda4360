"""Images become readings.

- `contract`: the names that a model and the app agree on.
- `recogniser`: read images with a model.
- `examples`: the examples that a user taught, and files of them.
- `nearest`: learn from them at once, by nearest neighbours.
- `compatible`: check whether a model from elsewhere fits.
- `occlusion`: explain a reading by erasing patches of ink.
- `paint`: pictures of that explanation and of the network's layers.
"""
