"""docs/gallery.md says what tools/gallery.py does."""

import re
from pathlib import Path

import pytest

from tools import gallery

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docs" / "gallery.md").read_text("utf-8")
COMMANDS = re.sub(r"\\\n\s*", "", TEXT)
PINS = dict(
    re.findall(r"^(\S+)==(\S+)", (ROOT / "locks" / "gallery.txt").read_text(), re.MULTILINE)
)


@pytest.mark.parametrize("example", gallery.EXAMPLES, ids=lambda each: each.name)
def test_the_page_has_the_commands_and_changes_of_an_example(example):
    (command,) = re.findall(rf"^offline-onnx new {example.name} .*$", COMMANDS, re.MULTILINE)
    assert f'--title "{example.title}"' in command
    assert f"--template {example.template}" in command or example.template == "form"
    model = Path(example.path).name or "model/digits.onnx"
    assert f"--model {model} " in command
    if example.package:
        package = example.package.replace("_", "-")
        assert f"pip download --no-deps {package}=={PINS[package]}\n" in TEXT
        assert f" {example.path}" in TEXT
    for new in example.edits.values():
        assert new.strip() in TEXT
    assert f"| [{example.name}](#" in TEXT


def test_the_pins_are_those_of_the_examples_and_the_page_is_short():
    assert {each.package.replace("_", "-") for each in gallery.EXAMPLES} == {"", *PINS}
    assert len(TEXT.splitlines()) < 200
