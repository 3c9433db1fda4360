"""Find the digits and signs in a picture, as the source of a reading.

- `search`: find what is written in a picture of any size, first in all of it, then closer.
- `find`: find the ink of digits and signs, and convert it to images in the format of MNIST.
- `colour`: convert a colour picture to grey pictures, by opacity, brightness and hue.
- `light`: correct uneven light, so that the value of paper is 0 everywhere.
- `components`: find the connected components of ink.
- `choose`: choose the components that are ink of digits and signs.
- `groups`: convert components to groups, in the form that strokes of a pen have.
- `thinning`: thin the ink of a line to its middle.
- `touching`: cut components in which digits may touch.
- `tilt`: measure how far the lines of a picture are tilted.
- `source`: the components as parts of a reading, and their place on the sheet.
- `file`: find and check the file of a picture before it is decoded.
"""
