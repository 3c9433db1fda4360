"""The app beside plain Pyodide and TensorFlow.js.

- `pages`: the pages that are compared, built anew
- `visit`: a visit to one of them with a drawing that waits to be read
- `starts`: warm starts offline, and first visits over a slow link
- `drawing`: from pointer to digit, long tasks while drawing, growth of memory
- `figures`: the results beside their targets, as text
- `picture`: the starts as a bar chart
"""
