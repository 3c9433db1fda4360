"""The recogniser in the page and native onnxruntime give the same answers for each image."""

import asyncio
import base64
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from digits.reading.contract import DIGITS
from model.data import mnist
from model.evaluation.readings import images_of, load_recogniser
from tools.site.bundle import MODEL

CHUNK = 1000

# Runs in the page's Python, with the page's own recogniser.
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
    return np.frombuffer(answers, np.float32).reshape(len(images), len(DIGITS))


def read_natively(folder, images):
    with ThreadPoolExecutor(1) as other:  # Playwright's event loop runs in this thread
        answer = other.submit(asyncio.run, load_recogniser(folder).read(images))
        readings = answer.result()
    return np.array([reading.probabilities for reading in readings], np.float32)


def test_the_page_reads_all_test_images_of_mnist_as_native_onnxruntime_does(app):
    test = mnist.load()[1]
    images = images_of(test)
    chunks = [images[start : start + CHUNK] for start in range(0, len(images), CHUNK)]
    in_page = np.concatenate([read_in_page(app, chunk) for chunk in chunks])
    native = np.concatenate([read_natively(MODEL, chunk) for chunk in chunks])
    assert len(in_page) == 10_000
    assert np.array_equal(in_page.argmax(1), native.argmax(1))
    assert np.abs(in_page - native).max() < 1e-4
    assert (in_page.argmax(1) == test.labels).mean() > 0.99
