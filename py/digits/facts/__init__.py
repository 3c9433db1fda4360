"""Facts about the page and its model, which the page's panels show.

- `requests`: the page's files, with the purpose and the source of each file.
- `timing`: measure how long a reading takes.
- `model_facts`: facts about the model and the browser's storage.
- `how_it_works`: an explanation of how the page works, in steps with measured figures.
"""
