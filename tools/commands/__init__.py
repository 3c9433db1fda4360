"""Commands of build.py that also use model/, bench/ or tests/.

The functions take the command's options as keyword arguments. All commands in a file need the
packages of the same lock file, because a command can run only if all imports of its file work.

- `measure`: evaluate, teaching
- `train`: a release (`build.py` without a command), report
- `stress`: faults, fuzz, soak
- `compare`: bench
"""
