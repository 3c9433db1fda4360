"""The report on the released model."""
