"""Ink: strokes become 28x28 images."""
