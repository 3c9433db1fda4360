"""What can be opened below the sheet."""
