"""Compare the app with plain Pyodide and TensorFlow.js.

- `pages`: builds the pages that are compared
- `visit`: opens a page that has a stored drawing, and waits until the page shows the digit
- `starts`: measures warm starts offline, and first visits over a slow link
- `phone`: measures first and second visits on a simulated phone, also of other built sites
- `drawing`: measures the delays from pointer to answer, long tasks while drawing, memory leaks
- `figures`: compares the results with their targets, and formats them as Markdown
- `chart`: draws a bar chart of the start times
"""
