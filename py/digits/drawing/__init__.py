"""Group the strokes of a drawing, and convert them to 28x28 images.

- `ink`: the strokes on the sheet, cut at its edges, with undo.
- `pointers`: which pen, finger or mouse draws; palms draw nothing.
- `overlap`: measure, row by row, how much groups of strokes overlap.
- `same_symbol`: estimate how likely two groups of strokes are one symbol.
- `segment`: group strokes into symbols.
- `lean`: measure how far strokes lean, and how straight they are.
- `lines`: arrange symbols in lines, and measure where each stands.
- `source`: a drawing as the source of a reading.
- `raster`: draw the strokes of one symbol as an image in the format of MNIST.
- `sketch`: a small picture of a drawing, for the history.
"""
