"""The page: the only files of the app that touch the document.

In reading order:

- `main`: builds the parts and connects them; boot.js starts it
- `late_controls`: the parts that are created after the start
- `background`: runs work in the background for all parts
- `dom`: elements, events, pixels and dates
- `input`: strokes and pictures from the user
- `answer`: the result: the number, the bars, and controls to choose a digit and to copy
- `panels`: the panels below the sheet, which the user can open
- `device`: data stored on this device, the service worker and installation

`main` passes each part the objects that the part needs. The parts do not import `main`; they
register listeners, which are called after changes.
"""
