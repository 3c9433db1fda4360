"""The language of a text, by pairs of UTF-8 bytes: a naive Bayes classifier."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from onnx import TensorProto, helper

from tools.template_models.graphs import model_of
from tools.template_models.texts import TEXTS

LABELS = list(TEXTS)
SAMPLE = list(b" Which language is this? ")
_BUCKETS = 1024
"""The number of rows of the table. Pairs of bytes with the same hash share a row."""
_FACTOR = 37
"""A pair (a, b) is in the row (a * _FACTOR + b) % _BUCKETS."""
_SMOOTHING = 0.3
"""This is added to each count."""
_STEPS = 24.0
"""The table holds natural logarithms of likelihoods, multiplied by this and rounded to integers."""


def model() -> bytes:
    """Return the model: from "text" (1, length), UTF-8 bytes, to "probabilities" (1, languages).

    It ignores case in ASCII.
    """
    counts = np.full((_BUCKETS, len(LABELS)), _SMOOTHING)
    for column, text in enumerate(TEXTS.values()):
        content = " ".join(text.lower().split()).encode()
        for pair in pairwise(content):
            counts[(pair[0] * _FACTOR + pair[1]) % _BUCKETS, column] += 1
    scores = np.log(counts / counts.sum(axis=0))
    scores -= scores.mean(axis=1, keepdims=True)
    table = np.clip(np.round(scores * _STEPS), -127, 127).astype(np.int8)
    zero, one = np.array([0], np.int64), np.array([1], np.int64)
    nodes = [
        helper.make_node("GreaterOrEqual", ["text", "A"], ["from_A"]),
        helper.make_node("LessOrEqual", ["text", "Z"], ["to_Z"]),
        helper.make_node("And", ["from_A", "to_Z"], ["is_upper"]),
        helper.make_node("Add", ["text", "to_lower"], ["lowered"]),
        helper.make_node("Where", ["is_upper", "lowered", "text"], ["lower"]),
        helper.make_node("Slice", ["lower", "zero", "minus_one", "one"], ["before"]),
        helper.make_node("Slice", ["lower", "one", "end", "one"], ["after"]),
        helper.make_node("Mul", ["before", "factor"], ["scaled"]),
        helper.make_node("Add", ["scaled", "after"], ["sum"]),
        helper.make_node("Mod", ["sum", "buckets"], ["rows"]),
        helper.make_node("Gather", ["table", "rows"], ["steps"], axis=0),
        helper.make_node("Cast", ["steps"], ["numbers"], to=TensorProto.FLOAT),
        helper.make_node("ReduceSum", ["numbers", "one"], ["total"], keepdims=0),
        helper.make_node("Mul", ["total", "step"], ["scores"]),
        helper.make_node("Softmax", ["scores"], ["probabilities"], axis=1),
    ]
    return model_of(
        {"text": (TensorProto.INT64, [1, "length"])},
        {"probabilities": (TensorProto.FLOAT, [1, len(LABELS)])},
        nodes,
        {
            "A": np.array(ord("A"), np.int64),
            "Z": np.array(ord("Z"), np.int64),
            "to_lower": np.array(32, np.int64),
            "zero": zero,
            "one": one,
            "minus_one": -one,
            "end": np.array([np.iinfo(np.int64).max], np.int64),
            "factor": np.array(_FACTOR, np.int64),
            "buckets": np.array(_BUCKETS, np.int64),
            "table": table,
            "step": 1 / _STEPS,
        },
        {"labels": LABELS},
    )
