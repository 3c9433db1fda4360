"""What the page says about itself and its model."""
