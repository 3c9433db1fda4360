"""What the page answers: the number, how probable each digit is, and what can be done with it.

- `view`: the whole answer, as `digits.app.View`
- `number`: the number, large
- `boxes`: a box around each digit on the sheet
- `bars`: a bar for each digit's probability
- `choices`: choosing one digit of the number
- `copying`: the clipboard
- `shortcuts`: keys for undo, copy and back

`choices`, `copying` and `shortcuts` are imported after the start, the others by it.
"""
