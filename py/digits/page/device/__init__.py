"""What this device stores."""
