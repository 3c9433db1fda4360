"""The panels below the sheet. Each is created when the user opens it for the first time.

In reading order:

- `panels`: creates, opens and refreshes the panels
- `deferred_work`: work that is deferred until the user has stopped drawing
- `why`: the reasons why a digit is read as it is
- `why_figures`: the explanation, in figures and in sentences
- `layers`: the feature maps of each layer of the network
- `taught`: the examples that the user has taught
- `history`: the numbers that were read
- `model`: the model in use, and the stored model
- `about`: how the page works, with the figures of this device
"""
