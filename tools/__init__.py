"""What build.py is made of: one module a step."""
