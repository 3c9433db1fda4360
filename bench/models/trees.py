"""Train small models, most of them trees, with scikit-learn and LightGBM; convert them to ONNX.

This script runs in a virtual environment of its own, with the packages of locks/trees.txt:
`python trees.py FOLDER` writes the models into the folder.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
from lightgbm import LGBMClassifier, LGBMRegressor
from onnxmltools.convert import convert_lightgbm
from onnxmltools.convert.common.data_types import FloatTensorType as LightGBMFloats
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris
from sklearn.ensemble import (
    GradientBoostingRegressor,
    IsolationForest,
    RandomForestClassifier,
)
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import SVC

SEED = 1
TEXTS = {
    "weather": ["rain in the north", "sun all day", "wind and rain", "snow on the hills"],
    "sport": ["two goals in the second half", "she won the race", "a draw", "the final is today"],
}
COLOURS = ["red", "green", "blue"]


def forest() -> Any:
    """Return a random forest for irises. Its probabilities are a sequence of maps (ZipMap)."""
    features, labels = load_iris(return_X_y=True)
    return _converted(RandomForestClassifier(20, random_state=SEED), features, labels)


def forest_of_names() -> Any:
    """Return a random forest whose labels are strings. They are also the keys of the maps."""
    iris = load_iris()
    names = iris.target_names[iris.target]
    return _converted(RandomForestClassifier(20, random_state=SEED), iris.data, names)


def boosting() -> Any:
    """Return a regressor with gradient boosting, trained on scikit-learn's diabetes data."""
    return _converted(GradientBoostingRegressor(random_state=SEED), *_diabetes())


def neighbours() -> Any:
    """Return a nearest-neighbour classifier of tumours, whose probabilities are an array."""
    features, labels = load_breast_cancer(return_X_y=True)
    return _converted(KNeighborsClassifier(), features, labels, zipmap=False)


def anomalies() -> Any:
    """Return an isolation forest, which outputs a label and a score for each row."""
    features, _ = _diabetes()
    model = IsolationForest(random_state=SEED).fit(features)
    opsets = {"": 17, "ai.onnx.ml": 3}
    return to_onnx(model, features[:1].astype(np.float32), target_opset=opsets)


def support_vectors() -> Any:
    """Return a support vector classifier of 8x8 digits. Its scores are a sequence of maps."""
    features, labels = load_digits(return_X_y=True)
    model = make_pipeline(StandardScaler(), SVC(random_state=SEED))
    return _converted(model, features, labels)


def texts() -> Any:
    """Return a classifier of texts: words weighted by TF-IDF, then logistic regression."""
    documents = [text for group in TEXTS.values() for text in group]
    labels = [label for label, group in TEXTS.items() for _ in group]
    model = make_pipeline(TfidfVectorizer(), LogisticRegression())
    model.fit(documents, labels)
    types = [("texts", StringTensorType([None, 1]))]
    options = {TfidfVectorizer: {"locale": "C"}}  # a machine may lack the default, en_US
    return to_onnx(model, initial_types=types, options=options)


def mixed_columns() -> Any:
    """Return a classifier with two inputs: strings, which it encodes one-hot, and numbers."""
    rng = np.random.default_rng(SEED)
    names = rng.choice(COLOURS, 60)
    sizes = rng.normal(size=60)
    table = np.empty((60, 2), object)
    table[:, 0], table[:, 1] = names, sizes
    columns = ColumnTransformer([("name", OneHotEncoder(), [0]), ("size", StandardScaler(), [1])])
    model = make_pipeline(columns, LogisticRegression()).fit(table, sizes + (names == "red") > 0)
    types = [("colour", StringTensorType([None, 1])), ("size", FloatTensorType([None, 1]))]
    return to_onnx(model, initial_types=types, options={"zipmap": "columns"})


def lightgbm_classes() -> Any:
    """Return a LightGBM classifier of irises. Its probabilities are a sequence of maps."""
    features, labels = load_iris(return_X_y=True)
    model = LGBMClassifier(n_estimators=20, random_state=SEED, verbose=-1).fit(features, labels)
    types = [("input", LightGBMFloats([None, features.shape[1]]))]
    return convert_lightgbm(model, initial_types=types, target_opset=15)


def lightgbm_numbers() -> Any:
    """Return a LightGBM regressor, trained on scikit-learn's diabetes data."""
    features, target = _diabetes()
    model = LGBMRegressor(n_estimators=50, random_state=SEED, verbose=-1).fit(features, target)
    types = [("input", LightGBMFloats([None, features.shape[1]]))]
    return convert_lightgbm(model, initial_types=types, target_opset=15)


def _diabetes() -> tuple[Any, Any]:
    features, target = load_diabetes(return_X_y=True)
    return features, target


def _converted(model: Any, features: Any, target: Any, *, zipmap: bool = True) -> Any:
    """Train a model and convert it to ONNX.

    Args:
        model: The untrained model.
        features: The features, one row for each example.
        target: The labels or values to predict.
        zipmap: Whether a classifier outputs its probabilities as a sequence of maps.

    """
    model.fit(features, target)
    has_classes = hasattr(model, "predict_proba") or hasattr(model, "decision_function")
    options = {"zipmap": zipmap} if has_classes else None
    return to_onnx(model, features[:1].astype(np.float32), options=options)


MODELS = (
    forest,
    forest_of_names,
    boosting,
    neighbours,
    anomalies,
    support_vectors,
    texts,
    mixed_columns,
    lightgbm_classes,
    lightgbm_numbers,
)


def main() -> None:
    """Write all models into the folder that the command line names."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for make in MODELS:
        (folder / f"{make.__name__}.onnx").write_bytes(make().SerializeToString())


if __name__ == "__main__":
    main()
