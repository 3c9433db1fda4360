"""A training's fingerprint changes with what its weights depend on, and with nothing else."""

import ast
import dataclasses
from functools import partial
from pathlib import Path
from types import ModuleType

import keras
import pytest
import tensorflow as tf

from digits.drawing import raster
from model.data import augment, batches, drawings, handwriting, mnist, not_digits
from model.training import network, train

PLAN = dataclasses.replace(
    train.QUICK, scans=20, validation=10, pen=20, not_digits=10, shares=(8, 4, 4)
)


@pytest.fixture(scope="module")
def scans():
    return mnist.load()[0][:40]


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch):
    """Render drawings where a test has changed the code, and without starting processes."""

    class Pool:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        map = staticmethod(map)

    monkeypatch.setattr(drawings, "ProcessPoolExecutor", Pool)


def fingerprint_of(scans, plan=PLAN):
    return train.fingerprint(train.data(scans, plan), plan)


@pytest.fixture(scope="module")
def unchanged(scans):
    return fingerprint_of(scans)


def test_it_is_the_same_in_the_same_process(scans, unchanged):
    network.build()  # Keras numbers the layers within a process
    assert fingerprint_of(scans) == unchanged


@pytest.mark.parametrize("changed", [{"seed": 2}, {"steps": 100}, {"weight_decay": 0.02}])
def test_another_plan_is_another_training(scans, unchanged, changed):
    assert fingerprint_of(scans, dataclasses.replace(PLAN, **changed)) != unchanged


@pytest.mark.parametrize(
    ("module", "name", "value"),
    [
        (augment, "ROTATION", 0.1),
        (augment, "_thicken", lambda images, _: images),
        (batches, "_indices", lambda _, share, *__: tf.range(share)),
        (handwriting, "SAMPLES", 11),
        (handwriting, "_with_other_ends", lambda curve, _: curve),
        (not_digits, "LOOKALIKES", "O"),
        (raster, "EDGE", 0.9),
        (network, "CLASSES", 12),
        (keras.optimizers, "AdamW", partial(keras.optimizers.AdamW, beta_1=0.8)),
        (train, "LOOP", train.LOOP + 1),
        (keras, "__version__", "0"),
    ],
)
def test_other_code_is_another_training(scans, unchanged, monkeypatch, module, name, value):
    monkeypatch.setattr(module, name, value)
    assert fingerprint_of(scans) != unchanged


def moved(module):
    """Load a module from another place, reformatted, without docstrings, with renamed imports."""
    renamed = {"np": "numbers", "tf": "flow", "handwriting": "pen", "layers": "parts"}
    tree = ast.parse(Path(module.__file__).read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.FunctionDef)) and ast.get_docstring(node):
            del node.body[0]
        if isinstance(node, ast.Name):
            node.id = renamed.get(node.id, node.id)
        if isinstance(node, ast.alias):
            name = node.asname or node.name
            node.asname = renamed.get(name, node.asname)
    found = ModuleType("elsewhere")
    exec(compile(ast.unparse(tree), "elsewhere.py", "exec"), vars(found))  # noqa: S102  # the code is our own
    return found


def test_moved_reworded_and_renamed_code_is_the_same_training(scans, unchanged, monkeypatch):
    monkeypatch.setattr(drawings, "handwriting", moved(handwriting))
    monkeypatch.setattr(drawings, "not_digits", moved(not_digits))
    monkeypatch.setattr(batches, "augment", moved(augment).augment)
    monkeypatch.setattr(train, "batches", moved(batches))
    monkeypatch.setattr(train, "network", moved(network))
    assert fingerprint_of(scans) == unchanged
