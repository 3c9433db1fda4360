"""The layout in every window.

- `measure`: measures the boxes of a page
- `test_layout`: walks through all windows, in each state of the page
- `test_user_settings`: direction, contrast, forced colours, motion and printing
"""
