"""Check the code and tables of your-own-model.md and of the pages that follow it.

tests/browser/own_model/test_three_commands.py runs the three commands of your-own-model.md.
"""

import ast
import asyncio
import os
import re
import subprocess
import sys

import pytest

from offline_onnx import Origin
from offline_onnx.describe import describe
from offline_onnx.storage.model_store import UpdateState
from offline_onnx_page.serving.server import PERMANENT_URL
from tests.support.own_model_page import TEXT, code_blocks
from tests.support.small_models import iris
from tools.env import venv

SNIPPETS = [(heading, text) for heading, texts in code_blocks("python").items() for text in texts]


@pytest.mark.parametrize(("heading", "text"), SNIPPETS, ids=[heading for heading, _ in SNIPPETS])
def test_every_snippet_compiles(heading, text):
    compile(text, heading, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


def test_your_own_model_md_has_three_commands():
    steps = re.findall(r"^### (\d)\. ", TEXT, re.MULTILINE)
    assert steps == ["1", "2", "3"]
    for step, command in (("1. Make a page", "new"), ("2. Look at it", "serve")):
        assert code_blocks("sh")[step][0].startswith(f"offline-onnx {command} my-page")
    assert code_blocks("sh")["3. Build the site"][0].startswith("offline-onnx bundle my-page")


def test_the_snippet_for_cpython_runs(tmp_path):
    content = iris()
    labels = ["setosa", "versicolor", "virginica"]
    description = describe(content, name="iris", version="1", file="iris.onnx", labels=labels)
    (tmp_path / "iris.onnx").write_bytes(content)
    (tmp_path / "iris.json").write_text(asyncio.run(description).to_json(), "utf-8")
    (snippet,) = code_blocks("python")["The same on CPython"]
    done = subprocess.run(
        [sys.executable, "-c", snippet],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(venv.ROOT / "py")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (probabilities,) = ast.literal_eval(done.stdout)
    assert max(zip(probabilities, labels, strict=True))[1] == "setosa"


def test_the_commands_for_the_self_test_run(tmp_path):
    (tmp_path / "iris.onnx").write_bytes(iris())
    (sample,) = re.findall(r"`flower\.json` contains `(.*?)`", TEXT)
    (tmp_path / "flower.json").write_text(sample, "utf-8")
    (commands,) = code_blocks("sh")["The self-test"]
    found = []
    for command in commands.splitlines():
        _, *arguments = command.split()
        done = subprocess.run(
            [sys.executable, "-m", "offline_onnx", *arguments],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(venv.ROOT / "py")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        found.append(done.stdout.splitlines()[-1].strip())
    assert found == [
        "inputs features (1, 4), tolerance 0.001",
        "inputs features (4, 4), tolerance 0.01",
        "self-test  none: The publisher has left it out.",
    ]


def test_the_tables_name_exactly_the_members_of_origin_and_update_state():
    named = set(re.findall(r"^\| `([A-Z_]+)` \|", TEXT, re.MULTILINE))
    assert named == {origin.name for origin in Origin} | {state.name for state in UpdateState}


def test_the_cache_headers_are_those_that_serve_sends():
    assert PERMANENT_URL.search("/built/python-0123456789ab/pyodide-lock.json")
    assert not PERMANENT_URL.search("/built/run.js")
    assert "`built/NAME-DIGEST/` | `public, max-age=31536000, immutable` |" in TEXT
