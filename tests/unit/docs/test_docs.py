"""Every test that the documentation names exists, and every file that it links exists."""

import json
import re
from pathlib import Path

import pytest

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
