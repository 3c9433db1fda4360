"""The page: the only files of the app that touch the document.

In reading order:

- `main`: builds the parts and connects them; boot.js starts it
- `late_controls`: the parts that are created after the start
- `page`: what the parts share: work in the background
- `dom`: elements, events, pixels and dates
- `input`: what the user puts in: strokes and pictures
- `answer`: the number, the bars, and what can be done with them
- `panels`: what can be opened below the sheet
- `device`: what is stored on this device, and the page as an installed app

`main` hands each part what it needs: no part knows `main`, and parts hear of changes as listeners.
"""
