"""A photo becomes the 28x28 image of its digit.

- `image_size`: how large a picture is, before it is decoded.
- `light`: even out the light, so that paper is 0 everywhere.
- `components`: the connected components of ink, without frames, shadows and specks.
- `find`: choose the digit among them, and draw it as MNIST's images were made.
"""
