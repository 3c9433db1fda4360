"""The result: the number, the probability of each digit, and controls to choose and copy.

- `view`: shows the whole result; implements `digits.app.View`
- `number`: the number in large digits
- `boxes`: a box around each digit on the sheet
- `bars`: a bar for each digit's probability
- `choices`: choosing one digit of the number
- `copying`: copies numbers to the clipboard
- `shortcuts`: keyboard shortcuts for undo, copy and back

`choices`, `copying` and `shortcuts` are imported after the start, the other modules during it.
"""
