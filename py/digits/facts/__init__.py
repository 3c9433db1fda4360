"""What the page reports about itself and its model.

- `requests`: the page's files, what each is for, and where it came from.
- `timing`: how long a reading takes.
- `model_facts`: what is known about the model.
- `how_it_works`: how the page works, in steps, with measured figures.
"""
