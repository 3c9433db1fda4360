"""The layout of the page, in windows of all sizes.

- `measure`: JavaScript that measures the page
- `test_layout`: measure the page in each state and in each window
- `test_user_settings`: text direction, contrast, forced colours, motion and printing
"""
