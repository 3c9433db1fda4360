"""The files in the wheel."""

import tomllib
from pathlib import Path

import offline_onnx

FOLDER = Path(offline_onnx.__file__).parent


def test_wheel_includes_every_file_of_the_package():
    settings = tomllib.loads((FOLDER / "pyproject.toml").read_text("utf-8"))
    patterns = settings["tool"]["hatch"]["build"]["targets"]["wheel"]["include"]
    files = [file.relative_to(FOLDER) for file in FOLDER.rglob("*.py")]
    missing = [file for file in files if not any(map(file.full_match, patterns))]
    assert missing == []
