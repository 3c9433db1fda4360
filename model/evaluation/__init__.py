"""How well the model reads."""
