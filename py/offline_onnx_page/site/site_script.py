"""Write and read built/site.js, from which the page's scripts read what the site contains."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NAME = "site.js"
_EXPORT = re.compile(r"^export const (\w+) = (.*?);$", re.MULTILINE | re.DOTALL)


def write(built: Path, exports: Mapping[str, object]) -> None:
    """Write a script that exports values.

    Args:
        built: the folder to write to.
        exports: the values, by their names in JavaScript. They consist of what JSON can contain.

    """
    lines = (
        f"export const {key} = {json.dumps(value, indent=1, ensure_ascii=False)};\n"
        for key, value in exports.items()
    )
    note = "// Written by the build: folders, sizes of files, texts of the start.\n"
    (built / NAME).write_text(note + "".join(lines), "utf-8")


def read(script: str) -> dict[str, Any]:
    """Return the values that a script exports, by their names; without those that are not JSON."""
    values = {}
    for name, value in _EXPORT.findall(script):
        with suppress(ValueError):
            values[name] = json.loads(value)
    return values
