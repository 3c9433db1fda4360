"""Strokes become 28x28 images.

- `ink`: what was drawn: strokes on a square sheet, cut at its edges, with undo.
- `overlap`: measure how strokes overlap, row by row.
- `segment`: group the strokes of a number into its digits.
- `raster`: draw the strokes of one digit as MNIST's images were made.
"""
