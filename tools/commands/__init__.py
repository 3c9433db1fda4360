"""Commands of build.py that join several rooms.

The functions take the command's options as keyword arguments. A file imports at its top what its
commands need, so that a command needs no packages but those of its own lock.

- `measure`: evaluate, teaching
- `train`: release, report, seeds
- `stress`: faults, fuzz, soak
- `compare`: bench
"""
