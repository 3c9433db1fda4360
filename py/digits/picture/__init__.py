"""Convert a photo to the 28x28 image of its digit.

- `image_size`: read a picture's size from the header of its file, before it is decoded.
- `svg`: give an SVG a size in pixels, or refuse it.
- `address`: find the address of a picture in content that is dragged or copied from another page.
- `colour`: convert a colour picture to grey pictures, by opacity, brightness and hue.
- `light`: correct uneven light, so that the value of paper is 0 everywhere.
- `components`: find the connected components of ink.
- `grouping`: choose the components that form the digit, and notice several digits.
- `find`: find the digit in a picture, and convert it to an image in the format of MNIST.
"""
