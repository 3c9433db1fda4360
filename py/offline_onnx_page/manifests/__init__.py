"""Write the manifest of a model beside its file, for the command `offline-onnx manifest`.

In reading order:

- `files`: read a model's files, and write its manifest.
- `earlier`: what a new manifest takes over from the one that it replaces.
- `without_running`: describe a model from its file alone.
- `with_running`: describe a model, and run it for a self-test.
"""
