"""Read a list of models, such as `models.toml`."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.console import BuildError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LIST = Path(__file__).parent / "models.toml"
FILE, TRAINED, LARGE = "file", "trained", "large"
"""Sources of models other than packages: see `models.toml`."""
_PACKAGE = re.compile(r"(?:pypi:[\w.-]+==|npm:(?:@[\w.-]+/)?[\w.-]+@)[\w.-]+")


@dataclass(frozen=True)
class Model:
    """A model of the list.

    Attributes:
        name: a unique name.
        kind: what the model works on, such as "speech".
        source: the package and its version, or one of FILE, TRAINED and LARGE.
        path: for a package, the path of the file in the package, or PATH#NAME if the file NAME is
            split into chunks, which the JSON file PATH lists; for FILE, the path relative to the
            folder of the list;
            for TRAINED, the name of a function in trees.py; unused for LARGE.
        sha256: the SHA-256 of the file; "" for a file that is not checked.
        inputs: how to generate each input, by its name: see `models.toml`.
        outputs: the names of the outputs to return; empty for all.
        folder: the folder of the list.

    """

    name: str
    kind: str
    source: str
    path: str
    sha256: str
    inputs: Mapping[str, Mapping[str, Any]]
    outputs: tuple[str, ...]
    folder: Path

    @property
    def slug(self) -> str:
        """The name in a form that fits into a path, such as "silero-vad-6"."""
        return re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")


def read(file: Path) -> list[Model]:
    """Return the models of a list.

    Raises:
        BuildError: the list can't be read, an entry lacks a field, a source is unknown, or a model
            from a package has no SHA-256.

    """
    try:
        entries = tomllib.loads(file.read_text("utf-8"))["model"]
        models = [
            Model(
                name=entry["name"],
                kind=entry["kind"],
                source=entry["source"],
                path=entry["path"],
                sha256=entry.get("sha256", ""),
                inputs=entry.get("inputs", {}),
                outputs=tuple(entry.get("outputs", ())),
                folder=file.resolve().parent,
            )
            for entry in entries
        ]
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise BuildError(f"{file} is no list of models: {error!r}") from error
    for model in models:
        is_package = _PACKAGE.fullmatch(model.source)
        if not is_package and model.source not in (FILE, TRAINED, LARGE):
            raise BuildError(f"{model.name} has the unknown source {model.source!r}.")
        if is_package and not model.sha256:
            raise BuildError(f"{model.name} comes from a package and needs its SHA-256.")
    return models


def choose(models: Sequence[Model], wanted: Sequence[str]) -> list[Model]:
    """Return the models whose name contains one of the wanted texts, or whose kind equals one.

    If `wanted` is empty, return all models.

    Raises:
        BuildError: no model was found for one of the texts.

    """
    for text in wanted:
        if not any(_matches(model, text) for model in models):
            raise BuildError(f"No model name contains {text!r}, and no kind is named so.")
    return [model for model in models if not wanted or any(_matches(model, w) for w in wanted)]


def _matches(model: Model, text: str) -> bool:
    return text.lower() in model.name.lower() or text.lower() == model.kind.lower()
