"""How long tests wait for what has to come: so long that a busy machine makes no test fail."""

PATIENCE = 240
"""Seconds, many times what anything takes on a machine with nothing else to do."""
