"""Strokes and pictures from the user.

- `sheet`: drawing with a mouse, a pen or a finger, and the ink on the canvas
- `touch`: drawing with a finger in engines that have no pointer events for touch
- `keyboard`: a pen that the arrow keys move
- `screen`: redraws the ink when the screen changes, and for printing
- `draft`: stores the drawing, so that it survives a reload
- `bitmap`: returns the pixels of a picture, and finds the digits and signs in it
- `pictures`: decodes, shows and reads pictures that are chosen, dropped or pasted
- `incoming`: pictures from the paste button, from other pages and from other apps

`keyboard`, `screen` and `incoming` are imported after the start, the other modules during it.
"""
