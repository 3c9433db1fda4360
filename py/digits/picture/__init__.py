"""Convert a photo to the 28x28 image of its digit.

- `image_size`: read a picture's size from the header of its file, before it is decoded.
- `light`: correct uneven light, so that the value of paper is 0 everywhere.
- `components`: find the connected components of ink, and choose those that belong to a digit.
- `find`: find the digit in a picture, and convert it to an image in the format of MNIST.
"""
