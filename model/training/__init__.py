"""The network and its training.

- `network`: the layers, a small VGG (Simonyan and Zisserman 2015) with batch normalisation
- `callbacks`: what happens after each epoch: history, saved state, progress bar
- `train`: fit the network with AdamW (Loshchilov and Hutter 2019), resumable after each epoch
"""
