"""Hostile models and manifests, handed to the real page and to the library.

- `wrong_bytes`: files that are no model, or a damaged one
- `graphs`: what hostile models are built from
- `wrong_graphs`: models that are valid and hostile
- `wrong_manifests`: manifests of which one field is hostile
- `case`: the case of a seed
- `scripts`, `probe`: JavaScript and Python that run in the page
- `visitor`: hands a case over, and looks at the page afterwards
- `run`: a campaign
"""
