"""Convert strokes to 28x28 images.

- `ink`: the strokes on the sheet, cut at its edges, with undo.
- `pointers`: which pen, finger or mouse draws; palms draw nothing.
- `overlap`: measure, row by row, how much groups of strokes overlap.
- `segment`: group the strokes of a number into its digits.
- `raster`: draw the strokes of one digit as an image in the format of MNIST.
"""
