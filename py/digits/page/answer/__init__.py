"""The result: the number, the probability of each digit, and controls to choose and copy.

- `view`: shows the whole result; implements `digits.app.View`
- `number`: the number in large digits
- `boxes`: a box around each symbol on the sheet
- `bars`: a bar for each digit's probability, and one for "not a digit"
- `sign_bars`: a bar for each sign's probability
- `choices`: radio buttons to choose one symbol
- `results`: the results of sums, as text and in ink on the sheet
- `copying`: copies numbers to the clipboard
- `shortcuts`: keyboard shortcuts for undo, copy and back
- `announcer`: decides what a screen reader says, and when
- `live_region`: the element that screen readers read out

`view`, `number`, `boxes` and `bars` are imported during the start, the other modules after it.
"""
