"""The real page, driven in a browser.

- `browser`: open a browser on a served site
- `pen`: draw strokes with the mouse
- `states`: bring the page into each of its states
- `screenshots`: take pictures of these states
- `icons`: draw the icon as images of pixels
- `record`: record which functions of the interpreter a start calls
"""
