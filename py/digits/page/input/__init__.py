"""Input from the user: strokes and pictures.

- `sheet`: drawing with a mouse, a pen or a finger, and the ink on the canvas
- `touch`: drawing in engines that report fingers by touch events alone
- `keyboard`: a pen that the arrow keys move
- `screen`: redraws the ink for another screen and for paper
- `draft`: stores the drawing, so that it survives a reload
- `bitmap`: converts a picture to a grey image, and finds the digit in it
- `pictures`: pictures that are chosen, dropped or pasted
- `incoming`: pictures from the paste button, from other pages and from other apps

`keyboard`, `screen` and `incoming` are imported after the start, the other modules during it.
"""
