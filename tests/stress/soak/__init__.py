"""Long use of the page, and what grows meanwhile.

- `trend`: whether a measure is flat
- `scripts`: JavaScript that runs in the page; `page/` holds the Python
- `gauges`: what is measured in a page
- `hand`: draws, presses buttons, opens panels
- `drawings`: thousands of drawings in one page
- `lessons`: a thousand examples that a page is taught
- `releases`: newer versions of the site
- `profile`: a browser on a profile of its own, and what it stores for the page
- `visits`: hundreds of reloads, dozens of updates
- `report`: the results as rows
- `run`: all of it
"""
