"""The parts that all stress tests share.

- `campaign`: runs one case for each seed, and reports the results as text and as JSON
- `kinds`: tables of functions that build wrong data, by name
- `site`: copies the built site
- `visitor`: a Chromium with a profile on disk, whose tabs and process can be killed
"""
