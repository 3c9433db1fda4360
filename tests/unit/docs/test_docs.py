"""Every test that the documentation names exists, and every file that it links exists."""

import re
from pathlib import Path

import pytest

from tools import reference

ROOT = Path(__file__).parents[3]
PAGES = [*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")]


@pytest.mark.parametrize(("page", "count"), [("parity.md", 40), ("worlds.md", 6)])
def test_every_test_that_a_table_names_exists(page, count):
    text = (ROOT / "docs" / page).read_text("utf-8")
    named = re.findall(r"(test_\w+\.py)::(test_\w+)", text)
    assert len(named) >= count
    for file, test in named:
        sources = [path.read_text("utf-8") for path in (ROOT / "tests").rglob(file)]
        assert any(re.search(rf"^def {test}\(", source, re.MULTILINE) for source in sources), test


def test_every_row_of_the_parity_tables_names_a_test():
    text = (ROOT / "docs" / "parity.md").read_text("utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert all("::test_" in row for row in rows if not row.endswith(("| test |", "|---|---|")))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_linked_file_exists(page):
    for target in re.findall(r"\]\(([^)#\s]+)\)", page.read_text("utf-8")):
        assert target.startswith("http") or (page.parent / target).exists(), target


def test_the_reference_matches_the_docstrings():
    assert reference.FILE.read_text("utf-8") == reference.reference()
