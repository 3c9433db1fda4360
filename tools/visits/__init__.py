"""The real page, visited."""
