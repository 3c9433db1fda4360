"""build.py, the environment and the lock files.

build.py starts without any installed package, and reports every failure in one line.
"""

import inspect
import json
import os
import re
import shutil
import subprocess
import sys
from importlib import import_module

import pytest

import build as entry
from tools.console import BuildError, run
from tools.env import engines, npm, venv
from tools.site import bundle
from tools.site.parts import Part

PYTHONS = [
    path
    for path in map(shutil.which, ("python3.11", "python3.12", "python3.13", "python3"))
    if path
    and venv._output([path, "-c", "import sys; print(sys.version_info >= (3, 11))"]) == "True"
]
"""The installed Pythons that can run build.py."""


def run_build_py(*arguments, python=sys.executable, **environment):
    """Run build.py without installed packages; return the completed process.

    environment: environment variables to add.
    """
    return subprocess.run(
        [python, "-S", "build.py", *arguments],
        cwd=venv.ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("python", PYTHONS)
def test_help_needs_no_packages_and_fits_on_one_screen(python):
    done = run_build_py("--help", python=python)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) <= 32
    for command in ("bundle", "serve", "example", "test", "evaluate", "lock"):
        assert re.search(rf"^ +{command} +\w", done.stdout, re.MULTILINE)


def test_a_build_error_is_printed_in_one_line(tmp_path):
    done = run_build_py("evaluate", "--strokes", str(tmp_path / "none.gz"))
    assert done.returncode == 1
    assert done.stdout == ""
    assert re.fullmatch(r"build\.py: \S*none\.gz can't be read: [^\n]*\n", done.stderr)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--quick", "evaluate"], "apply only to training"),
        (["--extra", "taught.json", "bundle"], "apply only to training"),
        (["--data", "mnist", "serve"], "apply only to training"),
        (["serve", "--port", "99999"], "not between 0 and 65535"),
        (["serve", "--port", "http"], "invalid"),
        (["bake"], "bake"),
        (["fuzz", "--count", "0"], "not at least 1"),
        (["soak", "--count", "150"], "not a multiple of 100"),
    ],
)
def test_invalid_arguments_are_refused(arguments, message):
    done = run_build_py(*arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", [["-k", "undo", "-x"], ["--durations=3"], ["tests/unit"], []])
def test_arguments_after_test_are_passed_to_pytest(arguments):
    options = entry.parse_arguments(entry.parser(), ["test", *arguments])
    assert (options.command.name, options.arguments) == ("test", arguments)
    assert options.may_install


def test_no_install_is_not_passed_to_pytest():
    options = entry.parse_arguments(entry.parser(), ["test", "--no-install", "--all", "-x"])
    assert (options.arguments, options.may_install) == (["--all", "-x"], False)


def test_the_option_data_is_accepted_without_a_command_and_after_one():
    for arguments in (["--data", "folder"], ["report", "--data", "folder"]):
        assert entry.parser().parse_args(arguments).data == "folder"
    for arguments in ([], ["report"]):
        assert entry.parser().parse_args(arguments).data == "npm"


def test_the_help_of_test_names_its_options():
    done = run_build_py("test", "--help")
    assert "--no-install" in done.stdout
    assert "--all" in done.stdout


@pytest.mark.parametrize("command", [*entry.COMMANDS, entry.RELEASE], ids=lambda c: c.name)
def test_the_function_of_every_command_takes_only_options_of_the_command(command):
    module, _, name = command.function.partition(":")
    wanted = inspect.signature(getattr(import_module(module), name)).parameters
    arguments = [command.name] if command.name else []
    options = vars(entry.parser().parse_args(arguments))
    assert options["command"] is command
    assert set(wanted) <= set(options)


def test_a_command_passes_the_options_that_its_function_takes(monkeypatch):
    calls = []

    def function(*, count, as_json):
        calls.append((count, as_json))
        return 3

    monkeypatch.setattr(entry, "import_module", lambda _: inspect.getmodule(function))
    monkeypatch.setattr(sys.modules[__name__], "chosen", function, raising=False)
    command = entry.Command("soak", None, "any:chosen", "")
    options = entry.parser().parse_args(["soak", "--count", "2000", "--json"])
    assert command.run(options) == 3
    assert calls == [(2000, True)]


def test_without_an_accepted_python_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setattr(venv, "_candidates", lambda **_: iter(["/nowhere/python", sys.executable]))
    monkeypatch.setattr(venv, "ACCEPTED", ("3.99",))
    with pytest.raises(BuildError, match=r"needs Python 3\.99.*install one") as caught:
        venv._create(may_install=True, offers_no_install=False)
    assert "\n" not in str(caught.value)


def test_the_running_python_comes_first_then_path_pyenv_and_uv(monkeypatch, tmp_path):
    for name in ("bin/python3.13", "bin/uv", "pyenv/versions/3.12.7/bin/python"):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text('#!/bin/sh\n[ "$2" = find ] && echo /from/uv\nexit 0\n')
        file.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    found = list(venv._candidates(may_install=True))
    assert found[:2] == [sys.executable, str(tmp_path / "bin/python3.13")]
    assert found[2] == str(tmp_path / "pyenv/versions/3.12.7/bin/python")
    assert found[3:] == ["/from/uv", "/from/uv"]


def test_uv_installs_a_python_only_if_allowed_and_this_is_announced(monkeypatch, tmp_path, capsys):
    uv, log = tmp_path / "uv", tmp_path / "log"
    uv.write_text(f'#!/bin/sh\necho "$2 $3" >> {log}\n')
    uv.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    list(venv._candidates(may_install=False))
    assert set(log.read_text().splitlines()) == {"find 3.13", "find 3.12"}
    assert capsys.readouterr().err == ""
    list(venv._candidates(may_install=True))
    assert "install 3.13" in log.read_text()
    first, second = capsys.readouterr().err.splitlines()
    assert first == "Installing outside this checkout: Python 3.13 with uv ..."
    assert second == "Installing outside this checkout: Python 3.12 with uv ..."
    list(venv._candidates(may_install=True, offers_no_install=True))
    assert "(to prevent this: --no-install)" in capsys.readouterr().err


def test_installed_packages_are_not_installed_again(monkeypatch):
    monkeypatch.setattr(venv, "run", lambda *_: pytest.fail("pip was called"))
    for group in ("evaluate", "train", "test"):
        venv.install(group)


def test_every_locked_package_has_a_version_and_digests_and_no_url():
    locks = sorted((venv.ROOT / "locks").glob("*.txt"))
    assert len(locks) == 10
    for lock in locks:
        text = lock.read_text("utf-8")
        entries = [entry for entry in re.split(r"\n(?=\S)", text) if not entry.startswith("#")]
        assert all(re.match(r"[\w.-]+==\S+.*\\\n +--hash=sha256:\w{64}", e) for e in entries), lock
        assert "://" not in text
    packages = json.loads(npm.LOCK.read_text("utf-8"))["packages"]
    for name, package in packages.items():
        assert "resolved" not in package
        assert not name or "integrity" in package


def test_the_smaller_groups_pin_the_versions_of_the_largest():
    def pins(group):
        text = (venv.ROOT / "locks" / f"{group}.txt").read_text("utf-8")
        return set(re.findall(r"^(\S+==\S+)", text, re.MULTILINE))

    for group in ("evaluate", "train"):
        assert pins(group) <= pins("test")


def test_a_failed_program_is_reported_in_one_line():
    with pytest.raises(BuildError, match=r"^The step failed \(status 3\): Error: no such thing$"):
        run("The step", [sys.executable, "-c"], "print('fine\\nError: no such thing'); exit(3)")
    with pytest.raises(BuildError, match=r"^The step failed: "):
        run("The step", ["/nowhere/program"])


def test_the_error_of_a_missing_file_names_the_file(tmp_path):
    with pytest.raises(BuildError, match=r"gone\.wasm is missing"):
        Part("runtime", [tmp_path / "gone.wasm"]).copy_into(tmp_path / "built")
    with pytest.raises(BuildError, match=r"digits\.json is missing; `python build\.py` creates it"):
        bundle.bundle(tmp_path / "web", tmp_path)


def test_the_name_of_a_built_folder_depends_on_its_content(tmp_path):
    file = tmp_path / "a.txt"
    names = set()
    for content in ("one", "two", "one"):
        file.write_text(content)
        shutil.rmtree(tmp_path / "built", ignore_errors=True)
        names.add(Part("part", [file]).copy_into(tmp_path / "built"))
    assert len(names) == 2
    assert all(re.fullmatch(r"part-[0-9a-f]{12}", name) for name in names)


def test_find_chromium_returns_the_variable_chromium_if_it_can_be_run(monkeypatch):
    monkeypatch.setenv("CHROMIUM", sys.executable)
    assert engines.find_chromium() == sys.executable
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    with pytest.raises(BuildError, match="CHROMIUM is /nowhere/chromium"):
        engines.find_chromium()


def test_without_chromium_the_error_says_what_to_install(monkeypatch, capsys):
    commands = []

    def fail(step, command, **_):
        commands.append(command)
        raise BuildError(f"{step} failed")

    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(engines, "_installed_chromium", lambda: None)
    monkeypatch.setattr(engines, "_playwrights_chromium", lambda: None)
    monkeypatch.setattr(engines, "run", fail)
    monkeypatch.setattr(engines.os, "geteuid", lambda: 0)
    monkeypatch.setattr(engines.shutil, "which", lambda name: f"/usr/bin/{name}")
    with pytest.raises(BuildError, match="apt-get install chromium"):
        engines.find_chromium()
    assert commands[0][1:] == ["-m", "playwright", "install", "--with-deps", "chromium"]
    assert commands[1] == ["apt-get", "update"]
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("Installing outside this checkout: Chromium")
    with pytest.raises(BuildError, match="this command needs Chromium"):
        engines.find_chromium(offers_no_install=True)
    assert "(to prevent this: --no-install)" in capsys.readouterr().err
    commands.clear()
    with pytest.raises(BuildError, match="leave --no-install out"):
        engines.find_chromium(may_install=False)
    assert commands == []


def test_node_is_installed_from_pypi_if_the_system_has_no_recent_one(monkeypatch, tmp_path):
    installed = []
    monkeypatch.setattr(venv, "install", installed.append)
    monkeypatch.setenv("PATH", str(tmp_path))
    npm._program("npm")
    for name, output in (("node", "v18.19.0"), ("npm", "9.2.0")):
        (tmp_path / name).write_text(f"#!/bin/sh\necho {output}\n")
        (tmp_path / name).chmod(0o755)
    npm._program("npm")
    assert installed == ["node", "node"]
    (tmp_path / "node").write_text("#!/bin/sh\necho v22.1.0\n")
    assert npm._program("npm") == str(tmp_path / "npm")
    assert installed == ["node", "node"]
