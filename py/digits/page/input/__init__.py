"""What the user puts in: strokes and pictures.

- `sheet`: drawing with a mouse, a pen or a finger, and the ink on the canvas
- `touch`: drawing in engines that report fingers by touch events alone
- `keyboard`: a pen that the arrow keys move
- `draft`: the drawing outlives a reload
- `bitmap`: a picture becomes the grey image that is searched for a digit
- `pictures`: pictures that are chosen, dropped or pasted
- `incoming`: pictures from the clipboard, by a button, and from other apps

`keyboard` and `incoming` are imported after the start, the others by it.
"""
