"""Images become readings."""
