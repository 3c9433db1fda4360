"""The kind of an iris, from four lengths: Fisher's linear discriminant analysis.

R. A. Fisher, The use of multiple measurements in taxonomic problems, 1936. The means and the pooled
covariance are those of its 150 flowers.
"""

from __future__ import annotations

import numpy as np
from onnx import TensorProto, helper

from tools.template_models.graphs import model_of

LABELS = ["setosa", "versicolor", "virginica"]
FEATURES = ["Sepal length, cm", "Sepal width, cm", "Petal length, cm", "Petal width, cm"]
_MEANS = [[5.006, 3.428, 1.462, 0.246], [5.936, 2.770, 4.260, 1.326], [6.588, 2.974, 5.552, 2.026]]
_COVARIANCE = [
    [0.26501, 0.09272, 0.16751, 0.03840],
    [0.09272, 0.11539, 0.05524, 0.03271],
    [0.16751, 0.05524, 0.18519, 0.04267],
    [0.03840, 0.03271, 0.04267, 0.04188],
]


def model() -> bytes:
    """Return the model: from "features" (N, 4) to "probabilities" (N, 3)."""
    means = np.array(_MEANS)
    slopes = np.linalg.solve(np.array(_COVARIANCE), means.T)
    bias = -0.5 * np.sum(means.T * slopes, axis=0)
    return model_of(
        {"features": (TensorProto.FLOAT, ["N", 4])},
        {"probabilities": (TensorProto.FLOAT, ["N", 3])},
        [
            helper.make_node("Gemm", ["features", "slopes", "bias"], ["scores"]),
            helper.make_node("Softmax", ["scores"], ["probabilities"], axis=1),
        ],
        {"slopes": slopes.round(4).astype(np.float32), "bias": bias.round(4).astype(np.float32)},
        {"labels": LABELS, "feature_names": FEATURES},
    )
