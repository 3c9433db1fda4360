"""The build cache returns the result of a step until one of its inputs changes."""

import json
import os
import shutil
import time
from pathlib import Path
from unittest.mock import Mock

import pytest

from tools import cache
from tools.console import BuildError
from tools.env import venv
from tools.site import bundle, parts

MODEL = bundle.MODEL / "digits.onnx"


@pytest.fixture
def cache_folder(tmp_path, monkeypatch):
    """Return the folder of an empty cache."""
    monkeypatch.setattr(cache, "CACHE", tmp_path / "cache")
    return tmp_path / "cache"


@pytest.fixture
def source(tmp_path):
    """Return a file that a build step copies."""
    file = tmp_path / "source"
    file.write_text("one")
    return file


def inputs_of(source):
    """Return the inputs of a step that copies the file."""
    return cache.Inputs("tools.console", files=(source,))


def copy_step(source, calls):
    """Return a build function: it copies the file into a folder, which it appends to `calls`."""

    def build(folder):
        calls.append(folder)
        (folder / "copy").write_text(source.read_text())

    return build


def test_a_step_runs_again_only_if_its_source_has_changed(cache_folder, source):
    calls = []
    for content in ("one", "one", "two", "one"):
        source.write_text(content)
        (file,) = cache.cached("part", copy_step(source, calls), inputs_of(source))
        assert (file.name, file.read_text()) == ("copy", content)
    assert len(calls) == 2
    assert len([*cache_folder.iterdir()]) == 2


def test_a_failed_or_slower_build_does_not_change_the_cache(cache_folder, source):
    def fail(folder):
        (folder / "copy").write_text("half")
        raise BuildError("no")

    with pytest.raises(BuildError):
        cache.cached("part", fail, inputs_of(source))

    def build_slowly(folder):
        cache.cached("part", copy_step(source, []), inputs_of(source))  # a faster build
        (folder / "copy").write_text("second")

    (file,) = cache.cached("part", build_slowly, inputs_of(source))
    assert file.read_text() == "one"
    assert [folder.name.partition("-")[0] for folder in cache_folder.iterdir()] == ["part"]


@pytest.mark.usefixtures("cache_folder")
def test_the_error_says_why_a_result_can_not_be_stored(source, monkeypatch):
    monkeypatch.setattr(Path, "rename", Mock(side_effect=PermissionError(13, "Permission denied")))
    with pytest.raises(PermissionError, match="Permission denied"):
        cache.cached("part", copy_step(source, []), inputs_of(source))


def set_old_time(entry):
    """Set the time of the last use to two days ago."""
    os.utime(entry, (0, time.time() - 2 * 24 * 60 * 60))


def test_a_build_deletes_old_entries_of_its_step(cache_folder, source):
    def build(name, content):
        source.write_text(content)
        cache.cached(name, copy_step(source, []), inputs_of(source))

    build("part", "one")
    build("other", "one")
    for folder in cache_folder.iterdir():
        set_old_time(folder)
    build("part", "two")
    assert sorted(folder.name.partition("-")[0] for folder in cache_folder.iterdir()) == [
        "other",
        "part",
    ]


def test_compress_deletes_old_compressed_files_from_the_cache(tmp_path, monkeypatch):
    monkeypatch.setattr(bundle, "COMPRESSED", tmp_path / "compressed")
    files = [tmp_path / "used.js", tmp_path / "unused.js"]
    for file in files:
        file.write_text(f"// {file.name}")
        bundle.compress([file])
    assert len(list(bundle.COMPRESSED.iterdir())) == 4
    for entry in bundle.COMPRESSED.iterdir():
        set_old_time(entry)
    bundle.compress(files[:1])
    assert len(list(bundle.COMPRESSED.iterdir())) == 2
    bundle.compress(files[:1])
    assert len(list(bundle.COMPRESSED.iterdir())) == 2
    assert (tmp_path / "used.js.br").is_file()
    assert (tmp_path / "used.js.gz").is_file()


STEPS = {
    "interpreter": parts.interpreter_inputs(),
    "runtime": parts.runtime_inputs(MODEL),
    "library": parts.library_inputs(parts.APP_CODE),
    "site": bundle.app_inputs(bundle.MODEL),
}
"""The inputs of each build step, by the name of the step."""


@pytest.fixture(scope="module")
def copied_checkout(tmp_path_factory):
    """Return a copy of the files that the build steps read, and the keys of the steps."""
    tmp_path = tmp_path_factory.mktemp("checkout")
    for folder in ("tools", "py", "web"):
        ignored = shutil.ignore_patterns("__pycache__", "built", "service-worker.js*", "*.pyc")
        shutil.copytree(venv.ROOT / folder, tmp_path / folder, ignore=ignored)
    (tmp_path / "model").mkdir()
    for file in ("package-lock.json", "model/digits.onnx", "model/digits.json"):
        shutil.copyfile(venv.ROOT / file, tmp_path / file)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cache, "ROOT", tmp_path)
        return tmp_path, keys(tmp_path)


@pytest.fixture
def changed_steps(copied_checkout, monkeypatch):
    """Return a function that changes a file and returns the names of the steps with a new key.

    Its arguments are the file's path and a function that returns new content for the old one. The
    file has its old content again afterwards.
    """
    checkout, before = copied_checkout
    monkeypatch.setattr(cache, "ROOT", checkout)

    def changed_steps(path, change):
        content = (checkout / path).read_bytes()
        (checkout / path).write_bytes(change(content))
        after = keys(checkout)
        (checkout / path).write_bytes(content)
        return {name for name in STEPS if before[name] != after[name]}

    return changed_steps


def keys(checkout):
    """Return the key of each build step in a checkout."""
    return {
        name: cache.Inputs(
            step.module,
            tuple(checkout / file.relative_to(venv.ROOT) for file in step.files),
            step.packages,
        ).key()
        for name, step in STEPS.items()
    }


@pytest.mark.parametrize(
    ("changed", "steps"),
    [
        ("tools/visits/screenshots.py", set()),
        ("tools/check.py", set()),
        ("tools/lean/wasm/cut.py", {"interpreter", "runtime", "site"}),
        ("tools/lean/wasm/split.py", {"interpreter", "site"}),
        ("tools/lean/pyodide_recorded.txt", {"interpreter", "site"}),
        ("tools/node/minify.mjs", {"interpreter", "site"}),
        ("tools/node/runtime.mjs", {"runtime", "site"}),
        ("tools/node/write_library.py", {"library", "site"}),
        ("tools/site/webmanifest.py", {"site"}),
        ("tools/page_js/python.js", {"site"}),
        ("tools/node/join_scripts.mjs", {"site"}),
        ("py/digits/app.py", {"library", "site"}),
        ("web/style.css", {"site"}),
        ("model/digits.onnx", {"runtime", "site"}),
    ],
)
def test_a_changed_file_changes_the_keys_of_the_steps_that_use_it(changed_steps, changed, steps):
    assert changed_steps(changed, lambda content: content + b"\n# changed\n") == steps


def test_another_version_of_a_package_changes_the_keys_of_the_steps_that_use_it(changed_steps):
    def another_version(content):
        pinned = json.loads(content)
        pinned["packages"]["node_modules/terser"]["version"] = "9"
        return json.dumps(pinned).encode()

    assert changed_steps("package-lock.json", another_version) == {"interpreter", "site"}


def test_module_files_does_not_follow_imports_for_type_checkers(tmp_path, monkeypatch):
    monkeypatch.setattr(cache, "ROOT", tmp_path)
    (tmp_path / "package").mkdir()
    for name, text in {
        "__init__": "",
        "a": "import json\nif TYPE_CHECKING:\n    from package.d import D\nfrom package import b\n",
        "b": "def f():\n    import package.c\n",
        "c": "from package.a import x\n",
        "d": "",
    }.items():
        (tmp_path / "package" / f"{name}.py").write_text(text)
    found = [file.stem for file in cache.module_files("package.a")]
    assert found == ["__init__", "a", "b", "c"]
