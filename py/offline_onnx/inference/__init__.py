"""Manifests, tensors, sessions and models.

In reading order:

- `json_fields`: read the fields of untrusted JSON and check their types.
- `tensor`: tensors, and the conversion of inputs to tensors.
- `session`: the protocols `Session` and `Runtime`.
- `self_test`: run a model on known inputs and compare its outputs with the expected ones.
- `model_file`: a file of a model: its size and digests.
- `manifest`: the description of a model, in a JSON file.
- `model`: a model that is ready to run: a manifest and a session.
"""
