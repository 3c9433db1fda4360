"""What the stress tests share.

- `campaign`: one case for each seed, counted by kind, with a report for people and programs
- `kinds`: tables of functions, by their names
- `site`: copies of the built site
- `visitor`: a Chromium with a profile, whose tabs and process can be killed
"""
