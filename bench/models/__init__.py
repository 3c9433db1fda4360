"""Measures real models: those that packages contain, trees that are trained here, and a large one.

`.venv/bin/python -m bench.models` fetches the packages, runs each model with native onnxruntime,
with plain onnxruntime-web, and through `offline_onnx` in Chromium: after a download, and offline
from the stored copy. It compares the outputs and writes docs/real-models.md.

- `models.toml`: the models: where each comes from, and its inputs
- `model_list`: reads the list
- `packages`: fetches packages and extracts the files of models
- `trees`: a script that trains trees and converts them to ONNX
- `generated`: runs this script in an environment of its own; writes the large model
- `inputs`: makes the inputs: sounds, images, numbers, texts
- `native`: runs a model with native onnxruntime and writes its manifest
- `visits`: runs a model in Chromium, with and without the server
- `compare`: compares outputs
- `report`: formats the results; writes docs/real-models.md from the text in `real-models.md`
- `run`: measures models one after another; reads the command line
- `__main__`: starts the measurement
"""
