"""What a model is, and how it runs.

In reading order:

- `json_fields`: typed access to JSON from outside.
- `session`: tensors, and the protocol of what runs a model.
- `self_test`: a run with known results.
- `manifest`: the description of a model's file.
- `model`: a manifest and a session together, ready to run.
"""
