"""Find the file of a picture, and check it before it is decoded.

- `image_size`: read a picture's size from the header of its file.
- `svg`: give an SVG a size in pixels, or refuse it.
- `address`: find the address of a picture in content that is dragged or copied from another page.
"""
