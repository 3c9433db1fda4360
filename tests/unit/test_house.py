"""The two rules of the house: data flows one way, and one boundary touches JavaScript."""

import ast
import re
from pathlib import Path

import pytest

import offline_onnx

ROOT = Path(__file__).parents[2]
PY = ROOT / "py"
BOUNDARY = ("offline_onnx/browser/", "digits/page/")
# A room may import those to its left, and none to its right.
ORDER = {
    "offline_onnx": [
        "errors",
        "tensor",
        "fields",
        "proof",
        "session",
        "self_test",
        "manifest",
        "versions",
        "parts",
        "migrate",
        "verify",
        "saving",
        "download",
        "model",
        "shelf",
        "loader",
        "update",
        "stored_source",
        "library",
        "native",
        "describe",
        "browser",
    ],
    "digits": [
        "edges",
        "ink",
        "line",
        "spans",
        "segment",
        "raster",
        "drawn",
        "dimensions",
        "light",
        "pieces",
        "picture",
        "examples",
        "taught",
        "recognise",
        "fit",
        "squares",
        "occlusion",
        "paint",
        "history",
        "text",
        "amounts",
        "card",
        "view",
        "app",
        "roles",
        "files",
        "timing",
        "story",
        "page",
    ],
}
SOURCES = sorted(PY.rglob("*.py"))


def imports(file):
    """Give every module that a file imports, at the top or inside a function."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative import"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room(module):
    parts = module.split(".")
    return (parts[0], parts[1]) if len(parts) > 1 and parts[1] in ORDER.get(parts[0], []) else None


@pytest.mark.parametrize("file", SOURCES, ids=lambda f: f.relative_to(PY).as_posix())
def test_only_the_boundary_imports_javascript(file):
    place = file.relative_to(PY).as_posix()
    if not place.startswith(BOUNDARY):
        assert not {name.split(".")[0] for name in imports(file)} & {"js", "pyodide", "_pyodide"}


@pytest.mark.parametrize("file", SOURCES, ids=lambda f: f.relative_to(PY).as_posix())
def test_no_room_imports_from_a_later_one(file):
    place = file.relative_to(PY).with_suffix("").as_posix().replace("/", ".")
    package = place.split(".")[0]
    others = {name.split(".")[0] for name in imports(file)}
    assert not others & {"model", "tools", "tests"}
    assert package == "digits" or "digits" not in others
    here = room(place)
    for name in imports(file):
        there = room(name)
        if here and there and here[0] == there[0]:
            rooms = ORDER[here[0]]
            assert rooms.index(there[1]) <= rooms.index(here[1]), f"{place} imports {name}"


def test_every_room_has_its_place_in_the_order():
    for package, rooms in ORDER.items():
        there = {f.stem for f in (PY / package).iterdir() if f.suffix == ".py" or f.is_dir()}
        assert there - {"__init__", "__pycache__"} - set(rooms) == set()


@pytest.mark.parametrize("file", sorted((ROOT / "model").glob("*.py")), ids=lambda f: f.name)
def test_the_model_side_uses_only_the_pure_rooms(file):
    for name in imports(file):
        assert not name.startswith(("offline_onnx.browser", "digits.page", "digits.app"))


def test_the_javascript_written_by_hand_is_the_boot_script_alone():
    tracked = [f for f in (ROOT / "web").rglob("*") if "built" not in f.parts]
    scripts = {f.name for f in tracked if f.suffix in {".js", ".mjs"}} - {"service-worker.js"}
    assert scripts == {"boot.js"}
    html = (ROOT / "web" / "index.html").read_text("utf-8")
    assert re.findall(r"<script\b[^>]*>(.*?)</script>", html, re.DOTALL) == [""]
    assert not re.search(r"\son\w+=|\sstyle=|<style", html)


def test_the_library_exports_what_it_says():
    assert offline_onnx.__all__ == sorted(offline_onnx.__all__)
    for name in offline_onnx.__all__:
        assert getattr(offline_onnx, name).__doc__, name


def test_modules_are_small():
    for file in [*SOURCES, *(ROOT / "model").glob("*.py"), *(ROOT / "tools").glob("*.py")]:
        # One tree and one table are one file each.
        longest = {"errors.py": 210, "templates.py": 200}.get(file.name, 175)
        assert len(file.read_text("utf-8").splitlines()) <= longest, file
