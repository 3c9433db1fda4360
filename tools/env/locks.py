"""Pin the version and the digests of every package that a command installs."""

from __future__ import annotations

from tools.console import run, say
from tools.env import npm, venv

OLDEST_PYTHON = venv.ACCEPTED[-1]
SEPARATE_GROUPS = ("worlds", "trees", "wheels", "node", "lock")
"""Groups whose packages may get other versions than in the group "test"."""
GROUP_OF_MODELS = "gallery"
"""The group whose packages are only downloaded, so their dependencies are not pinned."""
GROUP_IN_PAGE = "worlds-in-page"
"""The group whose packages run in Pyodide. The other groups are resolved for CPython."""
GROUPS_WITHIN_TEST = ("evaluate", "train")
"""Groups that the group "test" includes. Their packages have to get the same versions as in "test",
so "test" is pinned first."""
FOR_CPYTHON = ("--universal", "--python-version", OLDEST_PYTHON)
FOR_PYODIDE = (
    *("--python-platform", "wasm32-pyodide2025", "--python-version", "3.14"),
    *("--no-emit-package", "pyyaml"),  # it has no wheel for Pyodide; the tests build one
)
NPM_FOLDERS = (venv.ROOT, venv.ROOT / "bench", venv.ROOT / "tests" / "browser" / "worlds")
"""The folders with a package.json and a package-lock.json."""
NPM_ARGUMENTS = (
    "install",
    "--package-lock-only",
    "--ignore-scripts",
    "--omit-lockfile-registry-resolved",
)


def lock() -> None:
    """Pin the packages that the commands install.

    In locks/, pin the Python packages of each group that is installed on its own; in each of
    NPM_FOLDERS, pin the npm packages.
    """
    for group in ("test", *SEPARATE_GROUPS):
        _compile(group, *FOR_CPYTHON)
    for group in GROUPS_WITHIN_TEST:
        _compile(group, *FOR_CPYTHON, "--constraint", "locks/test.txt")
    _compile(GROUP_OF_MODELS, *FOR_CPYTHON, "--no-deps")
    _compile(GROUP_IN_PAGE, *FOR_PYODIDE)
    say("Pinning the npm packages ...")
    for folder in NPM_FOLDERS:
        npm.npm("Pinning the npm packages", *NPM_ARGUMENTS, folder=folder)


def _compile(group: str, *arguments: str) -> None:
    say(f"Pinning {group} ...")
    run(
        f"Pinning {group}",
        [venv.SCRIPTS / "uv", "pip", "compile", "--quiet", "--upgrade"],
        "--generate-hashes",
        "--no-header",
        "--no-annotate",
        "--no-emit-index-url",
        "--no-emit-find-links",
        *arguments,
        "--group",
        group,
        "--output-file",
        f"locks/{group}.txt",
        cwd=venv.ROOT,
    )
