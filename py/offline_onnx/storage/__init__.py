"""Where models are stored, and how they get there."""
