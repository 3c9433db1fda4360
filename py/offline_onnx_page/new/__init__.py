"""Make the folder of a page that runs a model: `offline-onnx new`.

No onnxruntime is needed: the inputs, outputs and labels are read from the `.onnx` file.

In reading order:

- `graph`: read the inputs and outputs in an `.onnx` file.
- `labels`: find the names of a model's classes, or of the values of its input.
- `roles`: what an input is for, such as an image or a sound, and which templates fit a model.
- `given_model`: check a model's file, and return what is known about it.
- `fields`: write the form fields of a model's inputs, as HTML.
- `digests`: write a manifest without a self-test.
- `samples`: the input of the self-test, if random numbers would not suit a model.
- `templates`: read the files of the templates, and fill in their placeholders.
- `folder`: make the folder of a page.
"""
