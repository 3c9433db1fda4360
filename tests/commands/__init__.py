"""Every command of build.py, run once with each of its forms of output.

- `conftest`: running a command in this process, with shortened work
- `test_commands`: the commands
"""
