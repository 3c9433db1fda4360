"""Write the small example models of the templates of `offline-onnx new`.

`.venv/bin/python -m tools.template_models` writes each model and its manifest, with a self-test,
into py/offline_onnx_page/templates/models/. They are computed from constants in this folder, so
that the same files are written each time.

In reading order:

- `graphs`: build an ONNX model from nodes.
- `iris`: the kind of an iris, from four lengths.
- `colours`: the name of a picture's average colour.
- `loudness`: whether there is a sound.
- `languages`: the language of a text, by pairs of bytes.
- `texts`: the texts in which these pairs are counted.
- `__main__`: write all models.
"""
