"""The soak test: it uses the page for a long time, and measures what grows.

It measures memory, storage, and the delay between the end of a drawing and the page's answer.

- `trend`: compares the second tenth of the values of a measure with the last tenth
- `scripts`: JavaScript that runs in the page; `page/` contains Python that runs in the page
- `gauges`: measures the memory of a page and counts its objects
- `pointer`: draws, presses buttons and opens panels
- `drawings`: draws thousands of drawings in one page
- `teaching`: teaches a page up to a thousand examples
- `releases`: publishes newer versions of the site
- `profile`: a browser with a profile on disk, and the data that it stores for the page
- `visits`: reloads the page hundreds of times and installs dozens of updates
- `report`: the results as rows; each row says whether it is acceptable
- `run`: runs all parts of the soak test
"""
