"""Write built/site.js, from which the page's scripts read what the site contains."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NAME = "site.js"


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
