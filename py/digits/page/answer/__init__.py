"""What the page answers."""
