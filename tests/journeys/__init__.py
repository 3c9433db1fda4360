"""Journeys: tests of complete tasks, such as visiting and drawing, that run in every engine.

- `test_journeys`: the journeys
- `steps`: the steps that journeys consist of, such as drawing or reloading
"""
