"""The workflow tests what the README says, and publishes what was tested."""

import re

from tools.venv import ROOT

WORKFLOW = (ROOT / ".github" / "workflows" / "pages.yml").read_text("utf-8")


def job(name):
    """Give a job's lines: those deeper than its name."""
    found = re.search(rf"^  {name}:\n((?:    .*\n|\n)+)", WORKFLOW, re.MULTILINE)
    assert found, f"there is no job {name!r}"
    return found[1]


def test_the_tests_are_the_readmes_command():
    assert "run: bash .ci/run\n" in job("test")
    assert "build.py test" in (ROOT / ".ci" / "run").read_text("utf-8")
    assert "python build.py test " in (ROOT / "README.md").read_text("utf-8")


def test_only_the_main_branch_is_published_and_only_after_the_tests():
    publish = job("publish")
    assert "    needs: test\n" in publish
    assert "if: github.ref == 'refs/heads/main' && github.event_name != 'pull_request'" in publish
    assert "run: python build.py bundle\n" in publish
    assert "path: web\n" in publish


def test_a_job_may_do_no_more_than_it_needs():
    head = WORKFLOW.split("jobs:")[0]
    assert re.findall(r"^  (\w.*): (.*)$", head.split("permissions:")[1], re.MULTILINE) == [
        ("contents", "read")
    ]
    assert "permissions" not in job("test")
    granted = re.search(r"permissions:\n((?:      .*\n)+)", job("publish"))[1]
    assert granted.split() == ["contents:", "read", "pages:", "write", "id-token:", "write"]
