"""What every benchmark measures with.

- `effort`: how often everything is measured
- `folders`: where the measured sites lie, and the peers' npm packages
- `browser`: a Chromium, time limits for its pages, and the memory that a page takes
- `link`: a server that counts bytes, over a link of a given speed
- `trace`: the longest task of a page's main thread
"""
