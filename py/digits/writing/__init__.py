"""Write a result on the sheet in ink, in the user's own hand.

- `hand`: remember how the user writes each symbol; symbols of a template hand for the others.
- `beside`: place the result beside the sum.
"""
