"""Every test that the documentation names exists, and every file that it links exists."""

import json
import re
from pathlib import Path

import pytest

from offline_onnx.errors import WrongLength
from tools import reference

ROOT = Path(__file__).parents[3]
PAGES = [*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")]


@pytest.mark.parametrize(("page", "count"), [("parity.md", 40), ("worlds.md", 6)])
def test_every_test_that_a_table_names_exists(page, count):
    text = (ROOT / "docs" / page).read_text("utf-8")
    named = re.findall(r"([\w/]+\.py)::(test_\w+)", text)
    assert len(named) >= count
    for file, test in named:
        source = (ROOT / "tests" / file).read_text("utf-8")
        assert re.search(rf"^def {test}\(", source, re.MULTILINE), f"{file}::{test}"


def test_every_row_of_the_parity_tables_names_a_test():
    text = (ROOT / "docs" / "parity.md").read_text("utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert all("::test_" in row for row in rows if not row.endswith(("| test |", "|---|---|")))


def test_the_pages_of_other_worlds_name_the_versions_that_are_tested():
    def npm_version(folder, name):
        lock = json.loads((ROOT / folder / "package-lock.json").read_text("utf-8"))
        return lock["packages"][f"node_modules/{name}"]["version"]

    pins = (ROOT / "locks" / "worlds.txt").read_text("utf-8")
    tools = dict(re.findall(r"^(\S+)==(\S+)", pins, re.MULTILINE))
    worlds, pyodide = "tests/browser/worlds", npm_version("", "pyodide")
    for page, versions in {
        "pyodide.md": [pyodide, npm_version(worlds, "pyodide")],
        "pyscript.md": [pyodide, npm_version(worlds, "@pyscript/core")],
        "jupyterlite.md": [pyodide, tools["jupyterlite-core"]],
        "marimo.md": [tools["marimo"], npm_version(worlds, "pyodide-of-marimo")],
    }.items():
        text = (ROOT / "docs" / "worlds" / page).read_text("utf-8")
        assert set(versions) <= set(re.findall(r"\d+\.\d+\.\d+", text)), page


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_linked_file_exists(page):
    for target in re.findall(r"\]\(([^)#\s]+)\)", page.read_text("utf-8")):
        assert target.startswith("http") or (page.parent / target).exists(), target


def test_the_reference_matches_the_docstrings():
    assert reference.FILE.read_text("utf-8") == reference.reference()


def test_the_reference_is_markdown_that_names_only_what_is_public():
    text = reference.reference()
    code = re.compile(r"^```(?:python|text)\n.*?^```$", re.MULTILINE | re.DOTALL)
    prose = code.sub("", text)
    assert not re.search(r"^(Args|Attributes|Raises|Returns):|[├└]──", prose, re.MULTILINE)
    assert not re.search(r"(?<![\w.])\*{0,2}_[A-Za-z]\w*", text)
    named = re.findall(r"^###+ (\S+)", text, re.MULTILINE)
    names = {part for name in named for part in (name, name.rpartition(".")[2])}
    fields = set(re.findall(r"^- `(\w+): ", text, re.MULTILINE))
    pointers = re.findall(r"\bsee `([\w.]+)`", text)
    known = names | fields | {"Tensor.values", "Manifest.model_sha256"}
    assert [each for each in pointers if each.removeprefix("offline_onnx.") not in known] == []


def test_the_reference_shows_class_methods_and_the_texts_of_remedies():
    text = reference.reference()
    for signature in ("async def create(path", "def parse(text", "def of(manifest"):
        assert f"@classmethod\n{signature}" in text
    assert f"- `remedy` - {WrongLength.remedy}\n" in text
    assert "- `status: int` - the status, such as 404.\n" in text
