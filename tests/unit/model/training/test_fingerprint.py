"""Tests of the fingerprint of a training.

It must change if the plan, the images, the network or a library changes, and must not change if
code is only moved, renamed or reworded. A change of the loop of the training is not noticed, but
increments LOOP_VERSION.
"""

import ast
import dataclasses
from functools import partial
from pathlib import Path
from types import ModuleType

import keras
import pytest
import tensorflow as tf

from digits.drawing import raster
from model.data import augment, batches, drawings, mnist
from model.training import network, train
from model.writing import handwriting, not_digits

PLAN = dataclasses.replace(
    train.QUICK, scans=20, validation=10, pen=20, signs=11, not_digits=10, shares=(8, 4, 2, 2)
)


@pytest.fixture(scope="module")
def scans():
    """Return 40 digits from MNIST."""
    return mnist.load()[0][:40]


@pytest.fixture(autouse=True)
def render_in_this_process(monkeypatch):
    """Render drawings without worker processes, so that code changed by a test takes effect."""

    class Pool:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        map = staticmethod(map)

    monkeypatch.setattr(drawings, "process_pool", Pool)


def fingerprint_of(scans, plan=PLAN):
    """Return the fingerprint of a training with some digits and a plan."""
    return train.fingerprint(train.prepare_data(scans, plan), plan)


@pytest.fixture(scope="module")
def unchanged(scans):
    """Return the fingerprint without any change."""
    return fingerprint_of(scans)


def test_the_fingerprint_does_not_depend_on_networks_built_before(scans, unchanged):
    network.build()  # it increases the numbers in Keras's default names of layers
    assert fingerprint_of(scans) == unchanged


@pytest.mark.parametrize("changed", [{"seed": 2}, {"steps": 100}, {"weight_decay": 0.02}])
def test_a_changed_plan_changes_the_fingerprint(scans, unchanged, changed):
    assert fingerprint_of(scans, dataclasses.replace(PLAN, **changed)) != unchanged


@pytest.mark.parametrize(
    ("module", "name", "value"),
    [
        (augment, "MAX_ROTATION", 0.1),
        (augment, "_thicken", lambda images, _: images),
        (batches, "_indices", lambda _, per_batch, *__: tf.range(per_batch)),
        (handwriting, "SAMPLES", 11),
        (handwriting, "_with_random_ends", lambda curve, *_: curve),
        (not_digits, "LOOKALIKES", "O"),
        (raster, "EDGE", 0.9),
        (network, "CLASSES", 23),
        (keras.optimizers, "AdamW", partial(keras.optimizers.AdamW, beta_1=0.8)),
        (train, "LOOP_VERSION", train.LOOP_VERSION + 1),
        (keras, "__version__", "0"),
    ],
)
def test_changed_behaviour_changes_the_fingerprint(
    scans, unchanged, monkeypatch, module, name, value
):
    monkeypatch.setattr(module, name, value)
    assert fingerprint_of(scans) != unchanged


def rewrite(module):
    """Return a copy of a module with another path and format, no docstrings and renamed imports."""
    renamed = {"np": "numbers", "tf": "flow", "handwriting": "pen", "layers": "parts"}
    tree = ast.parse(Path(module.__file__).read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(
            node
        ):
            del node.body[0]
        if isinstance(node, ast.Name):
            node.id = renamed.get(node.id, node.id)
        if isinstance(node, ast.alias):
            name = node.asname or node.name
            node.asname = renamed.get(name, node.asname)
    rewritten = ModuleType(module.__name__)
    exec(compile(ast.unparse(tree), "rewritten.py", "exec"), vars(rewritten))  # noqa: S102  # the code is our own
    return rewritten


def test_moved_renamed_and_reworded_code_keeps_the_fingerprint(scans, unchanged, monkeypatch):
    monkeypatch.setattr(drawings, "handwriting", rewrite(handwriting))
    monkeypatch.setattr(drawings, "not_digits", rewrite(not_digits))
    monkeypatch.setattr(batches, "augment", rewrite(augment).augment)
    monkeypatch.setattr(train, "batches", rewrite(batches))
    monkeypatch.setattr(train, "network", rewrite(network))
    assert fingerprint_of(scans) == unchanged
