"""Commands of build.py that also use model/, bench/ or tests/.

The functions take the command's options as keyword arguments. All commands in a file need the same
lock file, because all imports of the file have to be installed before one of its commands can run.

- `measure`: evaluate, teaching
- `train`: release, report, seeds
- `stress`: faults, fuzz, soak
- `compare`: bench
"""
