"""Facts about the page and its model, for the panels of the page.

- `requests`: the files of the page, each with its purpose and its source in this page load.
- `timing`: measure how long a reading takes.
- `model_facts`: facts about the model in use, the stored model and the browser's storage.
- `how_it_works`: an explanation of how the page works, in steps with measured figures.
"""
