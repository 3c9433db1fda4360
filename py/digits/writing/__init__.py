"""Write a result on the sheet in ink, in the user's own hand.

- `sample`: how the user wrote a symbol; samples as JSON.
- `hand`: write a text with the user's samples; a symbol without a sample is written as in a
  template hand.
- `beside`: place the result beside, below or above the sum.
"""
