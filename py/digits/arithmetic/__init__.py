"""Work out sums that were written by hand and read as text, such as `12+7=`. All values are exact.

- `errors`: the error for a sum that can't be worked out, and its reasons.
- `notation`: numbers as text: decimal marks, groups of thousands, fractions and repeating decimals.
- `expression`: parse and evaluate a sum without equals signs.
- `answer`: the answer to a sum, or whether an equation is right.
- `speech`: an answer in words, for screen readers.
"""
