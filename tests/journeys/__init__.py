"""Journeys: tests of what a user does from beginning to end, run in every browser engine.

- `conftest`: start browsers, and print the table of results
- `test_journeys`: the journeys
- `steps`: the steps that journeys consist of, such as drawing or reloading
"""
