"""The whole path in small: `build.py --quick` trains, converts and bundles; the page reads."""

import json
import subprocess
import sys

import numpy as np
import pytest
from playwright.sync_api import expect

from digits.ink import Ink
from digits.raster import rasterise
from tests.browser.drawing import DIGITS, draw, kept_ink
from tests.browser.site import SiteServer
from tests.browser.test_same_answers import read_in_page, read_natively
from tools.bundle import MODEL
from tools.venv import ROOT

QUICK = ROOT / ".build" / "quick"


@pytest.fixture(scope="module")
def quick():
    done = subprocess.run(
        [sys.executable, "build.py", "--quick"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done


def test_a_quickly_trained_model_is_converted_proved_and_read_by_the_page(quick, page):
    assert "Keras and onnxruntime differ by at most" in quick.stderr
    manifest = json.loads((QUICK / "model" / "digits.json").read_text("utf-8"))
    released = json.loads((MODEL / "digits.json").read_text("utf-8"))
    assert manifest["metadata"]["mnist_test_accuracy"] > 0.9
    assert manifest["sha256"] != released["sha256"]

    server = SiteServer(QUICK / "web")
    page.goto(server.address)
    expect(page.locator("#origin")).to_have_attribute("data-origin", "downloaded")
    draw(page, DIGITS["0"])
    expect(page.locator("#digit")).not_to_be_empty()
    image = rasterise(Ink.from_json(json.dumps(kept_ink(page))).strokes)
    native = read_natively(QUICK / "model", [image])
    assert np.abs(read_in_page(page, [image]) - native).max() < 1e-5
    expect(page.locator("#digit")).to_have_text(str(native.argmax()))
    server.stop()
