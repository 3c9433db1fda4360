"""The app: ink -> segment -> raster -> recognise -> page.

`ink` is what was drawn, `segment` groups its strokes into digits by their `spans`, `raster` makes
an image of MNIST's kind of each; `picture` makes one of a picture, with its light made even by
`light` and its digit found by `pieces`. `recognise` reads images, `text` is what the page says,
`app` wires these together, `page` touches the document.
"""
