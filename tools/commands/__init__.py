"""Commands of build.py that also use model/, bench/ or tests/.

The functions take the command's options as keyword arguments. A file has only commands that need
the packages of the same lock file, because a command can run only if all imports of its file work.

- `measure`: evaluate, teaching
- `train`: release, report, seeds
- `stress`: faults, fuzz, soak
- `compare`: bench
"""
