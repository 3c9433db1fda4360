"""Serve sites on this machine.

- `server`: serve a site as a good host does.
- `live_reload`: serve a page while it is written, and reload it when a file changes.
"""
