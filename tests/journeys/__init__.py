"""Journeys: what people do with the page, written once and run in every engine.

- `test_journeys`: the journeys
- `steps`: their steps
"""
