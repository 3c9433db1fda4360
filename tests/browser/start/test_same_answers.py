"""The page computes the same probabilities as native onnxruntime."""

import asyncio
import base64
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from digits.reading.contract import DIGITS
from model.data import mnist
from model.evaluation.readings import images_of, load_recogniser
from tools.site.bundle import MODEL

BATCH = 1000
"""The number of images that are read in one run."""

# Runs in the page's Python, with the page's recogniser.
READ_IMAGES = """
from binascii import a2b_base64, b2a_base64
from array import array
from digits.page import main

pixels = array("f", a2b_base64(encoded))
images = [pixels[start:start + 784] for start in range(0, len(pixels), 784)]
readings = await main.page.app.recogniser.read(images)
answers = array("f", [p for reading in readings for p in reading.probabilities])
b2a_base64(answers).decode()
"""

RUN_IN_PAGE = """async ([code, encoded]) => {
  const globals = pyodide.globals.get("dict")();
  globals.set("encoded", encoded);
  return await pyodide.runPythonAsync(code, {globals});
}"""


def read_in_page(page, images):
    """Return the probability of each digit for each image, as the page's recogniser computes it."""
    encoded = base64.b64encode(b"".join(image.tobytes() for image in images)).decode()
    answers = base64.b64decode(page.evaluate(RUN_IN_PAGE, [READ_IMAGES, encoded]))
    return np.frombuffer(answers, np.float32).reshape(len(images), len(DIGITS))


def read_natively(folder, images):
    """Return the probability of each digit for each image, as native onnxruntime computes it.

    Args:
        folder: the folder of the model.
        images: the images.
    """
    with ThreadPoolExecutor(1) as executor:  # Playwright's event loop may run in this thread
        future = executor.submit(asyncio.run, load_recogniser(folder).read(images))
        readings = future.result()
    return np.array([reading.probabilities for reading in readings], np.float32)


def test_the_page_and_native_onnxruntime_read_mnist_equally(shared_app, select_size):
    """Read MNIST's test images: the first 2,000, or all 10,000 with the option --all."""
    test = mnist.load()[1][: select_size(2_000, 10_000)]
    images = images_of(test)
    batches = [images[start : start + BATCH] for start in range(0, len(images), BATCH)]
    in_page = np.concatenate([read_in_page(shared_app, batch) for batch in batches])
    native = np.concatenate([read_natively(MODEL, batch) for batch in batches])
    assert len(in_page) == len(test)
    assert np.array_equal(in_page.argmax(1), native.argmax(1))
    assert np.abs(in_page - native).max() < 1e-4
    assert (in_page.argmax(1) == test.labels).mean() > 0.99
