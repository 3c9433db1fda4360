"""What the visitor puts in."""
