"""Training and test images.

- `mnist`: the 70,000 scanned digits of LeCun, Cortes and Burges, checked by SHA-256
- `templates`: the ways in which people write each digit, as strokes through control points
- `handwriting`: synthetic digits: templates, randomly distorted and sampled like a pen's path
- `not_digits`: synthetic drawings that are not digits, such as letters (Hershey 1967) and scribbles
- `processes`: processes that share work
- `drawings`: labelled drawings, synthetic or from stroke files, as strokes or as images
- `taught`: examples that a user taught the app and saved to a file, for use in a training
- `augment`: random distortion of images (Simard, Steinkraus and Platt 2003)
- `batches`: training batches with images from several sources
"""
