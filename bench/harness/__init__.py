"""The parts that all benchmarks share.

- `effort`: the number of repetitions of each measurement
- `folders`: the folders of the measured sites and of the installed npm packages
- `browser`: a Chromium, timeouts for steps in its pages, and the memory usage of a page
- `link`: a server that counts bytes, over a simulated network link of a given speed
- `processor_time`: the processor time of a browser's threads
- `trace`: the longest task of a page's main thread
"""
