"""Tests that run every command of build.py at least once, in each of its output formats.

- `conftest`: fixtures that run a command in this process and reduce its work
- `test_commands`: a test for each command
"""
