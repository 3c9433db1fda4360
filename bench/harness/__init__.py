"""A browser, a link and a trace to measure with."""
