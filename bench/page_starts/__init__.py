"""The page beside its peers."""
