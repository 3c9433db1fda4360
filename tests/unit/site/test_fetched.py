"""Wheels that pip fetches, and page.lock, which pins them. pip itself is replaced."""

import json
import subprocess

import pytest
from packaging.requirements import Requirement

from offline_onnx_page.errors import SiteError
from offline_onnx_page.site.packages import fetched
from offline_onnx_page.site.packages.fetched import Fetched
from offline_onnx_page.site.packages.wheels import Target
from tests.unit.site.small_wheels import LOCK, PLATFORM, write_wheel


@pytest.fixture
def index(monkeypatch):
    """Replace pip: return a dictionary of functions by requirement.

    Each function writes wheels into the folder that it gets. `index.asked` has the requirements
    that pip was asked for, in order. `index.output` and `index.log` are what pip prints to stderr
    and to stdout for a requirement without a function.
    """

    class Index(dict):
        asked = ()
        output = "ERROR: No matching distribution found for it"
        log = "Fetched page https://pypi.example/simple/it/ as text/html"

    index = Index()

    def run(command, **_):
        *_, folder, _, _, _, _, _, _, requirement = command
        assert command[command.index("--dest") + 1] == folder
        assert command[command.index("--platform") + 1] == PLATFORM
        assert command[command.index("--python-version") + 1] == "3.14"
        assert {"--no-deps", "--only-binary=:all:"} <= {*command}
        index.asked = (*index.asked, requirement)
        if requirement not in index:
            return subprocess.CompletedProcess(command, 1, index.log, index.output)
        index[requirement](fetched.Path(folder))
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(fetched.subprocess, "run", run)
    return index


@pytest.fixture
def fetch(tmp_path, index):
    """Return a function that returns a wheel for a requirement, as a build does."""
    assert index.asked == ()
    page = tmp_path / "page"
    page.mkdir()

    def fetch(requirement):
        return Fetched(page, Target.of_lock(LOCK)).wheel(Requirement(requirement))

    fetch.page = page
    fetch.lock = page / "page.lock"
    return fetch


def publish(index, requirement, name, version, **options):
    """Let pip find a wheel for a requirement."""
    index[requirement] = lambda folder: write_wheel(folder, name, version, **options)


def test_a_wheel_is_fetched_once_and_pinned(index, fetch):
    publish(index, "A.b>=1", "a-b", "1.5")
    wheel = fetch("A.b>=1")
    assert wheel.file == fetch.page / "wheels" / "a_b-1.5-py3-none-any.whl"
    assert json.loads(fetch.lock.read_text()) == {
        "a-b": {"version": "1.5", "file": wheel.file.name, "sha256": wheel.sha256}
    }
    assert fetch("a-b").file == wheel.file
    assert fetch("a_b<2").file == wheel.file
    assert index.asked == ("A.b>=1",)


def test_another_version_replaces_a_pinned_one_that_does_not_fit(index, fetch):
    publish(index, "a", "a", "1.0")
    publish(index, "a>=2", "a", "2.0b1")
    publish(index, "b", "b", "1.0")
    fetch("b")
    fetch("a")
    assert fetch("a>=2").version == "2.0b1"
    assert fetch("a").version == "2.0b1"
    assert fetch("a>=1.5").version == "2.0b1"  # a pre-release, because pip chose it
    assert [*json.loads(fetch.lock.read_text())] == ["a", "b"]
    assert index.asked == ("b", "a", "a>=2")


def test_a_wheel_that_was_deleted_is_fetched_in_its_pinned_version(index, fetch):
    publish(index, "a", "a", "1.0")
    publish(index, "a==1.0", "a", "1.0")
    fetch("a").file.unlink()
    assert fetch("a").file.is_file()
    assert index.asked == ("a", "a==1.0")


def test_a_changed_wheel_is_refused(index, fetch):
    publish(index, "a", "a", "1.0")
    publish(index, "a==1.0", "a", "1.0", files={"a.py": "published anew"})
    wheel = fetch("a").file
    write_wheel(wheel.parent, "a", files={"a.py": "changed"})
    for _ in range(2):
        with pytest.raises(SiteError, match=r"is not the file whose SHA-256 is in .*page\.lock"):
            fetch("a")
        wheel.unlink(missing_ok=True)  # what the message recommends
    fetch.lock.unlink()
    assert fetch("a").file == wheel


def test_older_wheels_in_the_folder_are_not_mistaken_for_the_fetched_one(index, fetch):
    (fetch.page / "wheels").mkdir()
    for version in ("0.1", "3.0", "2.0"):
        write_wheel(fetch.page / "wheels", "a", version)
    publish(index, "a", "a", "2.0", files={"a.py": "new"})
    wheel = fetch("a")
    assert wheel.version == "2.0"
    assert "a.py" in wheel.contents


def test_a_package_without_a_wheel_for_the_page_is_refused(fetch):
    with pytest.raises(SiteError) as caught:
        fetch("tensorflow>2")
    assert "tensorflow>2 has no wheel that runs in the page" in str(caught.value)
    assert "No matching distribution" in str(caught.value)
    assert not fetch.lock.exists()
    assert list(fetch.page.iterdir()) == []


def test_without_a_network_the_message_does_not_blame_the_package(index, fetch):
    index.output = (
        "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError'\n"
        "ERROR: No matching distribution found for a"
    )
    with pytest.raises(SiteError, match="could not be downloaded: check the network") as caught:
        fetch("a")
    assert "\n" not in str(caught.value)


def test_a_package_is_reported_as_missing_only_if_no_index_has_it(index, fetch):
    with pytest.raises(SiteError, match="has no wheel that runs in the page"):
        fetch("a")
    index.log = "Could not fetch URL https://pypi.example/simple/a/: 404 Client Error: Not Found"
    with pytest.raises(SiteError, match="there is no package a on PyPI"):
        fetch("a")
    index.log += "\nFetched page https://other.example/simple/a/ as text/html"
    with pytest.raises(SiteError, match="has no wheel that runs in the page"):
        fetch("a")


def test_without_pip_the_message_says_so(index, fetch, monkeypatch):
    monkeypatch.setattr(fetched, "find_spec", lambda _: None)
    with pytest.raises(SiteError, match="has no pip: install it"):
        fetch("a")
    assert index.asked == ()


@pytest.mark.parametrize("wrote", [[], ["a", "b"]])
def test_it_is_an_error_if_pip_writes_no_wheel_or_several(index, fetch, wrote):
    index["a"] = lambda folder: [write_wheel(folder, name) for name in wrote]
    with pytest.raises(SiteError):
        fetch("a")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "1",
        "\xff",
        '{"a": []}',
        '{"a": null}',
        '{"a": {"version": "1"}}',
        '{"a": {"version": "x y", "file": "a", "sha256": "b"}}',
    ],
)
def test_a_file_that_is_no_lock_is_refused(fetch, text):
    fetch.lock.write_bytes(text.encode("latin-1"))
    with pytest.raises(SiteError, match="can't be read as a list of wheels: delete it"):
        fetch("a")


def test_a_lock_that_is_a_folder_is_refused(fetch):
    fetch.lock.mkdir()
    with pytest.raises(SiteError, match="can't be read as a list of wheels"):
        fetch("a")
