"""How well the released model reads, measured through the app's own recogniser.

- `readings`: read many images on CPython with the recogniser that runs in the page
- `metrics`: accuracy, confusion, calibration (Guo et al. 2017), ROC area, Wilson's interval
- `numbers`: numbers of several digits, composed of single drawn digits
- `camera`: effects of light, paper and camera on an image
- `photos`: synthetic photos of MNIST's digits
- `evaluate`: all figures of `python build.py evaluate`
- `robustness`: accuracy on digits that are shifted, scaled, rotated, thinner or thicker
- `teaching`: how much five corrections help, figures of `python build.py teaching`
"""
