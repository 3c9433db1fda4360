"""The environment: Python, npm, browsers."""
