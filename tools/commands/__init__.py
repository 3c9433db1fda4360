"""Commands of build.py that also use model/, bench/ or tests/.

The functions take the command's options as keyword arguments. The commands are grouped by the lock
that they need, because a file's imports have to be installed before any of its commands can run.

- `measure`: evaluate, teaching
- `train`: release, report, seeds
- `stress`: faults, fuzz, soak
- `compare`: bench
"""
