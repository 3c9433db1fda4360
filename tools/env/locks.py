"""The locks: every package that a command installs, with its version and digests, no address."""

from __future__ import annotations

from tools.console import run, say
from tools.env import npm, venv

OLDEST_PYTHON = venv.ACCEPTED[-1]
ALONE = ("node", "lock")
NPM_ARGUMENTS = (
    "install",
    "--package-lock-only",
    "--ignore-scripts",
    "--omit-lockfile-registry-resolved",
)
TOGETHER = ("evaluate", "train")  # parts of "test", which is pinned first


def lock() -> None:
    """Pin the groups of pyproject.toml in locks/, and each package.json in a package-lock.json."""
    for group in ("test", *ALONE):
        _compile(group)
    for group in TOGETHER:
        _compile(group, "--constraint", "locks/test.txt")
    say("Pinning the npm packages ...")
    for folder in (venv.ROOT, venv.ROOT / "bench"):
        npm.npm("Pinning the npm packages", *NPM_ARGUMENTS, folder=folder)


def _compile(group: str, *arguments: str) -> None:
    say(f"Pinning {group} ...")
    run(
        f"Pinning {group}",
        [venv.SCRIPTS / "uv", "pip", "compile", "--quiet", "--upgrade", "--universal"],
        "--python-version",
        OLDEST_PYTHON,
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
