"""Synthetic handwriting: digits, signs, and lines of them, as strokes.

- `templates`: the ways in which people write each digit, as strokes through control points
- `sign_templates`: the same for signs
- `handwriting`: templates, randomly distorted and sampled like a pen's path
- `lines`: lines of numbers and sums, each as one person would write it
- `not_digits`: drawings that are not symbols, such as letters (Hershey 1967) and scribbles
"""
