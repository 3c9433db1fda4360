"""The library that Python imports from in a page is compiled without type hints."""

import ast
import dataclasses
import runpy

import pytest

from tools.node.write_library import WithoutTypeHints

SOURCE = """\
from __future__ import annotations
from dataclasses import dataclass
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from nowhere import Missing
@dataclass
class Point:
    x: int
    y: Missing = 2
    def moved(self, by: Missing, /, *more: int, scale: float = 1.0, **rest: str) -> Point:
        return Point(self.x + by, self.y)
async def fail(where: str) -> None:
    raise RuntimeError(where)
"""


def without_type_hints():
    """Return the syntax tree of SOURCE without type hints."""
    return ast.fix_missing_locations(WithoutTypeHints().visit(ast.parse(SOURCE)))


@pytest.fixture
def module(tmp_path):
    """Return the names of the module without type hints, run from a file."""
    file = tmp_path / "point.py"
    file.write_text(ast.unparse(without_type_hints()), "utf-8")
    return runpy.run_path(str(file))


def test_functions_lose_their_annotations_and_classes_keep_their_fields(module):
    point = module["Point"](1)
    assert [field.name for field in dataclasses.fields(point)] == ["x", "y"]
    assert point.moved(3) == module["Point"](4)
    assert point.moved.__annotations__ == module["fail"].__annotations__ == {}


def test_imports_for_type_checkers_are_removed_and_others_stay():
    text = ast.unparse(without_type_hints())
    assert "nowhere" not in text
    assert "from typing import TYPE_CHECKING" in text


def test_statements_keep_their_line_numbers():
    def lines(tree):
        return {
            ast.dump(each): each.lineno for each in ast.walk(tree) if isinstance(each, ast.Raise)
        }

    assert lines(ast.parse(SOURCE)) == lines(without_type_hints()) != {}
