"""Control the page in a browser: screenshots, icons, recordings.

- `browser`: serve a site and open a browser
- `pen`: draw strokes with the mouse
- `states`: bring the page into each of its states
- `windows`: the windows in which the layout has to work
- `screenshots`: take screenshots of these states and windows
- `icons`: render the icon and the preview of links as PNG images
- `record`: record which functions of the interpreter a page load calls
"""
