"""The benchmarks of `python build.py bench`: this project compared with TensorFlow.js and Pyodide.

Seconds depend on the machine and its load. Therefore the compared pages take turns, and the
comparisons are ratios of medians.

- `harness`: a browser, a simulated network link, a trace, and the number of repetitions
- `targets`: results with a maximum
- `results`: formats the results and writes bench/README.md
- `app`: compares the app with plain Pyodide and TensorFlow.js: start, inference, drawing, sizes
- `storage`: compares downloading, storing and loading models with TensorFlow.js
- `run`: runs all of these benchmarks
- `models`: measures real models; not part of `build.py bench`
"""
