"""Training and test images.

- `mnist`: the 70,000 scanned digits of LeCun, Cortes and Burges, checked by SHA-256
- `templates`: how people write each digit, as strokes through control points
- `handwriting`: synthetic handwriting: a template, distorted and sampled like a pen
- `not_digits`: synthetic drawings that are not digits, such as letters (Hershey 1967) and scribbles
- `drawings`: labelled drawings, either synthetic or read from stroke files, as strokes or images
- `taught`: examples that a user taught the app and saved to a file
- `augment`: random distortion of images (Simard, Steinkraus and Platt 2003)
- `batches`: training batches mixed from all of these sources
"""
