"""The soak: uses the page for a long time, and measures whether memory, storage or delays grow.

- `trend`: compares early and late values of a measure
- `scripts`: JavaScript that runs in the page; `page/` contains Python that runs in the page
- `gauges`: measures memory and counts objects in a page
- `pointer`: draws, presses buttons and opens panels
- `drawings`: draws thousands of drawings in one page
- `teaching`: teaches a page a thousand examples
- `releases`: publishes newer versions of the site
- `profile`: a browser with its own profile, and the data that it stores for the page
- `visits`: hundreds of reloads and dozens of updates
- `report`: the results as rows
- `run`: runs all parts of the soak
"""
