"""`build.py --quick` trains a model on little data, and builds a site whose page uses it.

The training takes seconds, because `tests.support.small_training` shortens it. With the option
`--all`, the training is that of `build.py --quick`.
"""

import json
import os
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from playwright.sync_api import expect

from digits.drawing.ink import Ink
from digits.drawing.raster import rasterise
from digits.reading.contract import ACCURACY
from digits.reading.examples import Example, from_json, to_json
from tests.browser.start.test_same_answers import read_in_page, read_natively
from tests.browser.support.drawing import DRAWN_DIGITS, draw, stored_ink
from tests.browser.support.site_server import SiteServer
from tools.env.venv import ROOT
from tools.site.bundle import MODEL


@pytest.fixture(scope="module")
def examples(tmp_path_factory):
    """Return a file with one taught example, a mirrored 3, in the page's format."""
    mirrored = rasterise([[(1 - x, y) for x, y in stroke] for stroke in DRAWN_DIGITS["3"]])
    file = tmp_path_factory.mktemp("taught") / "taught-digits.json"
    file.write_text(to_json([Example.of("3", mirrored)]), "utf-8")
    return file


@pytest.fixture(scope="module")
def quick_build(select_size, examples, tmp_path_factory):
    """Run `build.py --quick` with the taught example; return its two folders and its messages."""
    folder = tmp_path_factory.mktemp("build")
    script, folder = select_size(
        (["tests.support.small_training", folder], folder / "quick"),
        (["tests.support.bundling"], ROOT / ".build" / "quick"),
    )
    done = subprocess.run(
        [sys.executable, "-m", *script, "build.py", "--quick", "--extra", examples],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT / "py")},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return SimpleNamespace(model=folder / "model", web=folder / "web", messages=done.stderr)


def test_a_page_uses_the_model_that_a_quick_build_trains(quick_build, examples, page):
    assert "Keras and onnxruntime differ by at most" in quick_build.messages
    manifest = json.loads((quick_build.model / "digits.json").read_text("utf-8"))
    released = json.loads((MODEL / "digits.json").read_text("utf-8"))
    assert manifest["metadata"][ACCURACY] > 0.9
    assert manifest["sha256"] != released["sha256"]
    assert manifest["metadata"]["extra_examples"] == 1
    assert [output["name"] for output in manifest["outputs"]] == [
        output["name"] for output in released["outputs"]
    ]
    (taught,) = from_json(examples.read_text("utf-8"))
    trained, original = (
        read_natively(folder, [taught.image]) for folder in (quick_build.model, MODEL)
    )
    assert trained.argmax() == 3
    assert original.argmax() != 3

    server = SiteServer(quick_build.web)
    page.goto(server.address)
    expect(page.locator("#origin")).to_have_attribute("data-origin", "downloaded")
    draw(page, DRAWN_DIGITS["0"])
    expect(page.locator("#digit")).not_to_be_empty()
    image = rasterise(Ink.from_json(json.dumps(stored_ink(page))).strokes)
    native = read_natively(quick_build.model, [image])
    assert np.abs(read_in_page(page, [image]) - native).max() < 1e-5
    expect(page.locator("#digit")).to_have_text(str(native.argmax()))
    server.stop()
