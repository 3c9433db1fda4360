"""Benchmarks side by side with the peers, in one run: what `python build.py bench` measures.

Seconds depend on the machine and its load, so the claims are ratios of medians, measured in turns.

- `harness`: a browser, a link, a trace, and how often everything is measured
- `results`: figures as text, and bench/README.md
- `app`: the app beside plain Pyodide and TensorFlow.js: start, inference, drawing, sizes
- `storage`: downloading, storing and loading models of several sizes, beside TensorFlow.js
- `run`: all of it in order
"""
