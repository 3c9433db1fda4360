"""The environment of a build: Python, npm's packages, browsers.

- `venv`: `.venv`, created and filled from the locks
- `npm`: npm's packages and Node
- `engines`: the browsers that tests run in
- `locks`: pin every package
"""
