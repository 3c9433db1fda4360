"""Write a result on the sheet in ink, in the user's own hand.

- `sample`: how the user wrote a symbol; samples as JSON.
- `hand`: write a text with the user's samples; symbols of a template hand for the others.
- `beside`: place the result beside the sum.
"""
