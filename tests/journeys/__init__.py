"""What people do with the page, written once and done in every engine."""
