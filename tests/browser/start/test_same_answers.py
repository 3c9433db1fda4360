"""The page's recogniser and native onnxruntime give the same answers, image by image."""

import asyncio
import base64
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from model.data import mnist as dataset
from model.evaluation import readings as reading
from tools.site.bundle import MODEL

PART = 1000

# Runs in the page's Python, on the page's own recogniser.
READ = """
import base64
from array import array
from digits.page import main

pixels = array("f", base64.b64decode(encoded))
images = [pixels[start:start + 784] for start in range(0, len(pixels), 784)]
readings = await main.page.app.recogniser.read(images)
answers = array("f", [p for reading in readings for p in reading.probabilities])
base64.b64encode(answers).decode()
"""

IN_PAGE = """async ([code, encoded]) => {
  const globals = pyodide.globals.get("dict")();
  globals.set("encoded", encoded);
  return await pyodide.runPythonAsync(code, {globals});
}"""


def read_in_page(page, images):
    encoded = base64.b64encode(b"".join(image.tobytes() for image in images)).decode()
    answers = base64.b64decode(page.evaluate(IN_PAGE, [READ, encoded]))
    return np.frombuffer(answers, np.float32).reshape(len(images), 10)


def read_natively(folder, images):
    with ThreadPoolExecutor(1) as other:  # Playwright's own event loop runs in this thread
        answer = other.submit(asyncio.run, reading.recogniser(folder).read(images))
        readings = answer.result()
    return np.array([reading.probabilities for reading in readings], np.float32)


def test_all_test_images_of_mnist_are_read_the_same_in_the_page(ready):
    test = dataset.load()[1]
    images = reading.images_of(test)
    parts = [images[start : start + PART] for start in range(0, len(images), PART)]
    ours = np.concatenate([read_in_page(ready, part) for part in parts])
    native = np.concatenate([read_natively(MODEL, part) for part in parts])
    assert len(ours) == 10_000
    assert np.array_equal(ours.argmax(1), native.argmax(1))
    assert np.abs(ours - native).max() < 1e-4
    assert (ours.argmax(1) == test.labels).mean() > 0.99
