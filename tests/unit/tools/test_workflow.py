"""What the GitHub workflows do, and what they may do; and the changelogs of the wheels.

The workflows run the README's test command, publish only tested commits, and have no permission
that they don't need.
"""

import re
import tomllib

import pytest

from tools.env.venv import ROOT

WORKFLOW = (ROOT / ".github" / "workflows" / "pages.yml").read_text("utf-8")
HEAD, JOBS = re.split(r"^jobs:\n", WORKFLOW, flags=re.MULTILINE)
"""The workflow of the page: what precedes its jobs, and the jobs."""
WHEELS = (ROOT / ".github" / "workflows" / "wheels.yml").read_text("utf-8")
WHEELS_HEAD, WHEELS_JOBS = re.split(r"^jobs:\n", WHEELS, flags=re.MULTILINE)
"""The workflow of the wheels: what precedes its jobs, and the jobs."""


def entry(text, name):
    """Return the indented lines below a name in YAML."""
    found = re.search(rf"^( *){name}:\n((?:\1 +.*\n|\n)+)", text, re.MULTILINE)
    assert found, f"there is no {name!r}"
    return found[2]


def commands(job):
    """Return the shell commands of a job's steps."""
    return re.findall(r"^ +- run: (.+)$", job, re.MULTILINE)


def test_the_pages_workflow_runs_the_test_command_of_the_readme_with_the_option_all():
    assert commands(entry(JOBS, "test")) == ["bash .ci/run --all"]
    run = [
        line for line in (ROOT / ".ci" / "run").read_text("utf-8").splitlines() if "build" in line
    ]
    assert run == ['python3 build.py test "$@"']
    readme = (ROOT / "README.md").read_text("utf-8")
    assert re.search(r"^python build\.py test +#", readme, re.MULTILINE)


def test_pushes_to_main_and_pull_requests_are_tested():
    assert re.findall(r"^  (\w+):", entry(HEAD, "on"), re.MULTILINE) == [
        "push",
        "pull_request",
        "workflow_dispatch",
    ]
    assert entry(HEAD, "push").split() == ["branches:", "[main]"]
    assert "if:" not in entry(JOBS, "test")


def test_the_page_is_published_only_from_the_main_branch_after_its_tests():
    publish = entry(JOBS, "publish")
    assert "    needs: test\n" in publish
    assert "if: github.ref == 'refs/heads/main' && github.event_name != 'pull_request'\n" in publish
    assert commands(publish) == [
        'python build.py bundle --address "${{ steps.pages.outputs.base_url }}"'
    ]
    assert entry(publish, "with").split() == ["python-version:", '"3.13"']
    assert re.search(r"upload-pages-artifact@v\d+\n +with:\n +path: web\n", publish)
    steps = re.findall(r"uses: actions/([\w-]+)@", publish)
    assert steps[-2:] == ["upload-pages-artifact", "deploy-pages"]
    assert entry(publish, "concurrency").split() == [
        "group:", "pages", "cancel-in-progress:", "false",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("section", "wanted"),
    [(HEAD, "contents: read"), (JOBS, "contents: read pages: write id-token: write")],
    ids=["every job", "publish"],
)
def test_a_job_has_only_the_permissions_that_it_needs(section, wanted):
    assert section.count("permissions:") == 1
    assert " ".join(entry(section, "permissions").split()) == wanted


def test_the_pages_workflow_uses_only_actions_of_github_and_no_secrets():
    used = re.findall(r"uses: (\S+)", WORKFLOW)
    assert len(used) == WORKFLOW.count("uses:")
    assert [action for action in used if not re.fullmatch(r"actions/[\w-]+@v\d+", action)] == []
    assert "secrets" not in WORKFLOW
    assert "://" not in WORKFLOW


def test_wheels_are_published_only_from_a_tag_after_the_tests():
    assert entry(WHEELS_HEAD, "on").split() == ["push:", "tags:", '["wheels-*"]']
    jobs = {name: entry(WHEELS_JOBS, name) for name in ("test", "build", "publish")}
    assert commands(jobs["test"]) == ["bash .ci/run --all"]
    assert "    needs: test\n" in jobs["build"]
    assert commands(jobs["build"]) == ["python build.py wheels"]
    assert 'test -f "dist/offline_onnx-${GITHUB_REF_NAME#wheels-}-py3' in jobs["build"]
    assert "          path: dist/*.whl\n" in jobs["build"]
    assert "    needs: build\n" in jobs["publish"]
    assert commands(jobs["publish"]) == []


def test_wheels_are_published_by_trusted_publishing():
    assert WHEELS_HEAD.count("permissions:") == WHEELS_JOBS.count("permissions:") == 1
    assert entry(WHEELS_HEAD, "permissions").split() == ["contents:", "read"]
    publish = entry(WHEELS_JOBS, "publish")
    assert entry(publish, "permissions").split() == ["id-token:", "write"]
    assert "      name: pypi\n" in entry(publish, "environment")
    others = [each for each in re.findall(r"uses: (\S+)", WHEELS) if "actions/" not in each[:8]]
    assert others == ["pypa/gh-action-pypi-publish@release/v1"]
    assert "secrets" not in WHEELS
    assert "password" not in publish


def test_each_package_has_a_changelog_that_begins_with_its_version():
    versions = {}
    for package in ("offline_onnx", "offline_onnx_page", "offline_onnx_runtime"):
        folder = ROOT / "py" / package
        project = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
        versions[package] = project["version"]
        changelog = (folder / "CHANGELOG.md").read_text("utf-8")
        assert re.search(r"^## \[?([^] \n]+)", changelog, re.MULTILINE)[1] == project["version"]
    assert versions["offline_onnx"] == versions["offline_onnx_page"]
