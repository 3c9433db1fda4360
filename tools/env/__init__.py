"""The environment of a build: Python, npm's packages, browsers.

- `venv`: create `.venv`, install Python packages there
- `npm`: install npm packages, run Node
- `engines`: find or install the browsers that tests run in
- `locks`: pin the version and digest of every package
"""
