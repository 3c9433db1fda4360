"""Evaluation of the released model, with the recogniser that the app uses.

- `readings`: many images read on CPython with the app's recogniser
- `metrics`: accuracy, confusion, calibration (Guo et al. 2017), ROC area, Wilson's interval
- `numbers`: numbers that are composed of single drawn digits
- `written_lines`: lines of numbers and sums, read as the page reads them
- `camera`: effects of light, paper and camera on an image
- `photos`: synthetic photos of MNIST's digits, and the accuracy on them
- `line_photos`: synthetic photos of numbers and sums, and the accuracy on them
- `evaluate`: the figures of `python build.py evaluate`
- `robustness`: accuracy on digits that are shifted, scaled, rotated, thinner or thicker
- `teaching`: the effect of teaching five misread drawings: `python build.py teaching`
"""
