"""The network and its training, and the small network that groups strokes.

- `network`: the layers, a small VGG (Simonyan and Zisserman 2015) with batch normalisation
- `callbacks`: Keras callbacks that write the history, save the state and show a progress bar
- `grouping`: the network that tells whether two groups of strokes are one symbol
- `train`: the training with AdamW (Loshchilov and Hutter 2019), resumable after each epoch
"""
