"""Training and test images.

- `mnist`: the 70,000 scanned digits of LeCun, Cortes and Burges, checked by SHA-256
- `processes`: processes that share work
- `drawings`: labelled drawings, synthetic or from stroke files, as strokes or as images
- `pairs`: pairs of groups of strokes, and whether they are one symbol
- `taught`: examples that a user taught the app and saved to a file, for use in a training
- `augment`: random distortion of images (Simard, Steinkraus and Platt 2003)
- `batches`: training batches with images from several sources
"""
