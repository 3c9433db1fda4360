"""A photo becomes the 28x28 image of its digit."""
