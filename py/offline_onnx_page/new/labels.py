"""Find the names of a model's classes, or of the values of its input.

`parse_labels` reads them from an argument of the command, `names_in` from the model's metadata.
"""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from offline_onnx_page.errors import SiteError

if TYPE_CHECKING:
    from collections.abc import Mapping

LABEL_KEYS = ("labels", "names", "classes", "class_names", "class_labels", "id2label")
"""The keys of a model's metadata under which the names of classes are found."""
_MAX_NAME = 200
"""The maximum length of a name. Files with longer lines are something else."""
FIELD_NAME_KEYS = ("feature_names", "features", "input_names")
"""The keys of a model's metadata under which the names of an input's values are found."""


def parse_labels(text: str, kind: str = "labels") -> list[str]:
    """Return labels, or other names, from a file with one per line or a comma-separated list.

    Args:
        text: the path of the file, whose empty lines are skipped; or the list.
        kind: what the names are called in errors.

    Raises:
        SiteError: The text is neither the path of a file nor a list, the list has an empty name, or
            the file has no names, or a line that is no name.

    """
    if not Path(text).is_file():
        if "," not in text:
            raise SiteError(f"{text} is neither a file of {kind} nor a list with commas: see -h.")
        names = [name.strip() for name in text.split(",")]
        if not all(names):
            raise SiteError(f"One of the {kind} in {text!r} is empty: remove the comma before it.")
        return names
    wrong = f"{text} is no file of {kind}: give a text file in UTF-8 with one name per line."
    try:
        lines = Path(text).read_text("utf-8").splitlines()
    except OSError as error:
        raise SiteError(f"{text} can't be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise SiteError(wrong) from error
    found = [line.strip() for line in lines if line.strip()]
    if not found or any(len(name) > _MAX_NAME or not name.isprintable() for name in found):
        raise SiteError(wrong)
    return found


def names_in(metadata: Mapping[str, str], keys: tuple[str, ...], count: int | None) -> list[str]:
    """Return the first list of names in a model's metadata that has the right length, else [].

    Args:
        metadata: the custom entries of the metadata.
        keys: the keys to look at, in lower case.
        count: the right length; None for any of at least two.

    """
    lower = {key.lower(): text for key, text in metadata.items()}
    for key in keys:
        names = _names(lower.get(key, ""))
        if len(names) == count or (count is None and len(names) > 1):
            return names
    return []


def _names(text: str) -> list[str]:
    """Return the names in a text: JSON, a Python literal, lines, or a list with commas.

    Exporters write lists, {0: "cat", 1: "dog"} and {"cat": 0, "dog": 1}.
    """
    parsed: Any = None
    for parse in (json.loads, ast.literal_eval):
        try:
            parsed = parse(text)
            break
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
    if isinstance(parsed, dict):
        if all(isinstance(value, int) for value in parsed.values()):
            parsed = {value: key for key, value in parsed.items()}
        try:
            parsed = [parsed[key] for key in sorted(parsed, key=int)]
        except (TypeError, ValueError):
            return []
    if isinstance(parsed, list | tuple):
        return [str(each) for each in parsed]
    separator = "\n" if "\n" in text.strip() else ","
    return [name.strip() for name in text.strip().split(separator)] if separator in text else []
