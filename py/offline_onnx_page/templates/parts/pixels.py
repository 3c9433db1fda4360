"""A part of main.py, pasted in for `# {{part pixels}}`: how the model's pictures were prepared."""

# What the model's training did with the values of pixels, which are from 0 to 255: (value - MEAN) /
# STD for each channel in ORDER. MEAN 255 and STD -255 turn dark strokes on white into white ones
# on black.
ORDER, MEAN, STD = "RGB", (0, 0, 0), (255, 255, 255)
SIZE = (224, 224)  # height and width in pixels, if the model accepts any
