"""Read the files of the templates, and fill in their placeholders.

A placeholder is {{name}}. In page/index.html, {{body}} stands for the template's file body.html
without its first line, a comment. In Python files, a line `# {{part NAME}}` stands for the file
parts/NAME.py without its docstring. The lines from `# {{if NAME}}` to `# {{end}}` are there only
for some models: NAME is a condition, such as `image` or `no image`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

FOLDER = Path(__file__).parents[1] / "templates"
PAGE = FOLDER / "page"
"""The folder with the files that all templates have in common."""
_PARTS, _MODELS = FOLDER / "parts", FOLDER / "models"
_PART = re.compile(r"^# \{\{part (\w+)\}\}\n", re.MULTILINE)
_CONDITION = re.compile(
    r"^ *# \{\{if ([\w ]+)\}\}\n(.*?)^ *# \{\{end\}\}\n", re.MULTILINE | re.DOTALL
)
_PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")
_DOCSTRING = re.compile(r'\A""".*?"""\n+', re.DOTALL)


@dataclass(frozen=True)
class Template:
    """One of the templates of `offline-onnx new`.

    Attributes:
        name: its name, which is that of its folder.

    """

    name: str

    @cached_property
    def settings(self) -> dict[str, Any]:
        """The texts of the page, its example model, and the initial values of its inputs."""
        settings: dict[str, Any] = json.loads(self.read("template.json"))
        return settings

    @property
    def model(self) -> Path:
        """The example model. Its manifest, with a self-test, is beside it."""
        return _MODELS / f"{self.settings['model']}.onnx"

    @property
    def further_files(self) -> list[Path]:
        """The files that become part of the page as they are."""
        return sorted((FOLDER / self.name).glob("*.js"))

    def read(self, name: str) -> str:
        """Return the text of a file of the template."""
        return (FOLDER / self.name / name).read_text("utf-8")

    def body(self, values: Mapping[str, str]) -> str:
        """Return the content of <main> in the page's index.html, given the placeholders' values."""
        _, _, content = self.read("body.html").partition("\n")
        return filled(content.rstrip(), values)

    def main(self, values: Mapping[str, str], conditions: Collection[str] = ()) -> str:
        """Return the page's Python code.

        Args:
            values: the values of the placeholders.
            conditions: the names of the conditions that are true.

        """

        def chosen(match: re.Match[str]) -> str:
            return match[2] if match[1] in conditions else ""

        text = _CONDITION.sub(chosen, self.read("main.py"))
        return filled(_PART.sub(lambda match: _part(match[1]), text), values)


def _part(name: str) -> str:
    """Return the code of a part, without its docstring."""
    return _DOCSTRING.sub("", (_PARTS / f"{name}.py").read_text("utf-8"))


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return a text whose placeholders are replaced with their values."""
    return _PLACEHOLDER.sub(lambda match: values[match[1]], text)
