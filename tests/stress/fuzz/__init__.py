"""Hands hostile models and manifests to the page and to the library, in a real browser.

- `wrong_bytes`: corrupt bytes, and files that are not models
- `graphs`: the building blocks of hostile models
- `wrong_graphs`: models whose graphs are hostile or invalid
- `wrong_manifests`: functions that make a valid model's manifest hostile, mostly in one field
- `case`: builds the case of a seed: a model's file and a manifest
- `scripts`, `probe`: JavaScript and Python that run in the page
- `visitor`: hands a case to the page, and reads the state of the page afterwards
- `run`: runs a campaign
"""
