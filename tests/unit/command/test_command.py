"""The command line: help, exit statuses, JSON, completion, errors; also as it is installed."""

import json
import os
import re
import subprocess
import sys

import pytest

from offline_onnx.command import main as main_module
from offline_onnx.command.arguments import COMMANDS, TEMPLATES, parser
from offline_onnx.command.main import main
from offline_onnx.command.result import Result
from offline_onnx_page.errors import SiteError
from tests.support import installed_command

NAMES = [command.name for command in COMMANDS]


def run(capsys, *arguments):
    """Run the command in this process; return its exit status, its output and its messages."""
    status = main([*map(str, arguments)])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


@pytest.fixture
def replace_command(monkeypatch):
    """Return a function that replaces the function of all subcommands."""

    def replace_command(function):
        monkeypatch.setattr("offline_onnx.command.arguments.Command.run", function)

    return replace_command


def fail_with(error):
    """Return a subcommand that raises an error."""

    def fail(*_):
        raise error

    return fail


@pytest.mark.parametrize("arguments", [["--help"], *([name, "--help"] for name in NAMES)])
def test_each_help_fits_on_one_screen(capsys, monkeypatch, arguments):
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    lines = capsys.readouterr().out.splitlines()
    assert ended.value.code == 0
    assert len(lines) <= 40
    assert max(map(len, lines)) <= 80


def test_the_base_is_none_without_the_option():
    """argparse passes a default that is a text to `type`, as if the user had given it."""
    options = parser().parse_args(["bundle", "page"])
    assert options.base is None


def test_wrong_arguments_have_the_status_2(capsys):
    status, out, err = run(capsys, "bundle")
    assert (status, out) == (2, "")
    assert err.splitlines()[-1] == (
        "offline-onnx: error: the following arguments are required: FOLDER"
    )
    status, out, _ = run(capsys, "bundle", "--json", "page", "--base", "a b")
    assert status == 2
    assert json.loads(out) == {"error": "argument --base: a b is not a path such as /demo/"}


@pytest.mark.parametrize("base", ["/", "demo", "/demo", "demo/", "/a/b/"])
def test_a_base_gets_a_slash_at_both_ends(base):
    found = parser().parse_args(["bundle", "page", "--base", base]).base
    assert found.startswith("/")
    assert found.endswith("/")
    assert found.strip("/") == base.strip("/")


@pytest.mark.parametrize("base", ["https://example.org/", "a b", 'a"b', "?a", "#a"])
def test_bases_that_are_no_paths_are_refused(capsys, base):
    assert run(capsys, "bundle", "page", "--base", base)[0] == 2


@pytest.mark.parametrize("port", ["-1", "65536", "http", ""])
def test_wrong_ports_are_refused(capsys, port):
    assert run(capsys, "serve", "page", "--port", port)[0] == 2


def test_a_result_is_text_or_one_json_document(capsys, replace_command):
    replace_command(lambda *_: Result("done", {"a": 1}))
    assert run(capsys, "bundle", "page") == (0, "done\n", "")
    status, out, err = run(capsys, "bundle", "page", "--json")
    assert (status, json.loads(out), err) == (0, {"a": 1}, "")
    replace_command(lambda *_: Result("found faults", {}, has_failed=True))
    assert run(capsys, "verify", "page") == (1, "found faults\n", "")
    replace_command(lambda *_: Result("stopped", None))
    assert run(capsys, "serve", "page", "--json") == (0, "", "")


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (SiteError("It broke.\nMend it."), 1, "It broke. Mend it."),
        (KeyboardInterrupt(), 130, "interrupted"),
        (OSError(28, "No space left on device"), 1, "No space left on device; delete files"),
        (PermissionError(13, "Permission denied", "/a b"), 1, "/a b: Permission denied; change"),
        (ModuleNotFoundError(name="numpy"), 1, "pip install 'offline-onnx[native]'"),
        (ModuleNotFoundError(name="offline_onnx_page.errors"), 1, "'offline-onnx-page'"),
    ],
)
def test_an_error_is_one_line_on_standard_error(capsys, replace_command, error, status, message):
    replace_command(fail_with(error))
    found, out, err = run(capsys, "bundle", "page")
    assert (found, out) == (status, "")
    (line,) = err.splitlines()
    assert line.startswith("offline-onnx: ")
    assert message in line
    found, out, err = run(capsys, "bundle", "page", "--json")
    assert found == status
    assert f"offline-onnx: {json.loads(out)['error']}\n" == err


@pytest.mark.parametrize("error", [ValueError("a bug"), ModuleNotFoundError(name="ours")])
def test_a_bug_is_not_hidden(replace_command, error):
    replace_command(fail_with(error))
    with pytest.raises(type(error)):
        main(["bundle", "page"])


def test_the_modules_of_the_extras_have_a_remedy():
    assert set(main_module._INSTALL) >= {"numpy", "onnxruntime", "playwright", "packaging"}


PAGE = "<!doctype html><title>A page</title><p>"


@pytest.fixture
def folder(tmp_path):
    """Return a folder that contains a page whose path has spaces and letters beyond ASCII."""
    page = tmp_path / "Meine Seite ü 数"
    page.mkdir()
    (page / "index.html").write_text(PAGE, "utf-8")
    return tmp_path


def test_a_page_is_bundled_from_any_folder(folder):
    (page,) = folder.iterdir()
    done = installed_command.run("bundle", page.name, "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    data = json.loads(done.stdout)
    assert data["folder"] == str(page / "site")
    assert data["bytes"]["index.html"] == len(PAGE)
    assert (page / "site" / "index.html").read_text("utf-8") == PAGE
    done = installed_command.run("bundle", "..", "-o", ".", cwd=page / "site")  # it is up to date
    assert done.returncode == 0
    assert done.stdout.startswith(f"{page / 'site'}: ")
    assert done.stderr == ""


def test_only_the_files_of_the_site_are_counted(folder):
    (page,) = folder.iterdir()
    out = folder / "out"
    out.mkdir()
    (out / "film.mp4").write_bytes(bytes(90_000_000))
    done = installed_command.run("bundle", page, "-o", out)
    assert done.returncode == 0, done.stderr
    assert float(re.search(r": ([\d.]+) MB, ", done.stdout)[1]) < 90
    data = json.loads(installed_command.run("bundle", page, "-o", out, "--json").stdout)
    assert "index.html" in data["bytes"]
    assert "film.mp4" not in data["bytes"]
    assert (out / "film.mp4").is_file()


@pytest.mark.parametrize(
    ("out", "message"),
    [
        ("page", "contains the page itself"),
        (".", "contains the page itself"),
        ("page/built/x", "The name built is reserved"),
        ("page/index.html", "is not a folder"),
        ("file", "is not a folder"),
    ],
)
def test_a_folder_that_can_not_hold_the_site_is_refused(
    capsys, tmp_path, monkeypatch, out, message
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / "index.html").write_text(PAGE)
    (tmp_path / "file").touch()
    status, _, err = run(capsys, "bundle", "page", "-o", out)
    assert status == 1
    assert message in err
    assert "choose another" in err


def test_a_folder_that_is_not_a_page_is_reported_in_one_line(folder):
    for command in (["bundle"], ["serve", "--port", "0"]):
        done = installed_command.run(*command, "nowhere", cwd=folder)
        assert (done.returncode, done.stdout) == (1, "")
        (line,) = done.stderr.splitlines()
        assert line.startswith("offline-onnx: ")
        assert "nowhere has no index.html" in line


def test_without_the_page_package_the_message_names_it(tmp_path):
    folder = installed_command.install()
    (tmp_path / "offline_onnx").symlink_to(folder / "offline_onnx")
    for arguments in (["bundle", "."], ["manifest", "x.onnx"]):
        done = subprocess.run(
            [sys.executable, "-m", "offline_onnx", *arguments],
            env={**os.environ, "PYTHONPATH": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == (
            "offline-onnx: the module offline_onnx_page is missing: "
            "pip install 'offline-onnx-page'\n"
        )


def complete(line, cwd):
    """Return the completions of a command line."""
    environment = {
        **installed_command.environment(),
        "_ARGCOMPLETE": "1",
        "_ARGCOMPLETE_STDOUT_FILENAME": str(cwd / "completions"),
        "_ARGCOMPLETE_SHELL": "bash",
        "_ARGCOMPLETE_IFS": "\n",
        "COMP_LINE": line,
        "COMP_POINT": str(len(line.encode())),
    }
    subprocess.run([sys.executable, "-m", "offline_onnx"], env=environment, cwd=cwd, check=False)
    return {word.strip() for word in (cwd / "completions").read_text().split("\n")} - {""}


def test_the_shell_completes_subcommands_options_templates_and_paths(tmp_path):
    (tmp_path / "my-page").mkdir()
    assert complete("offline-onnx ", tmp_path) >= {*NAMES, "--version"}
    assert complete("offline-onnx bu", tmp_path) == {"bundle"}
    assert complete("offline-onnx bundle my", tmp_path) == {"my-page/"}
    assert {"--base", "--no-service-worker"} <= complete("offline-onnx bundle my-page --", tmp_path)
    assert complete("offline-onnx new x --template ", tmp_path) == {*TEMPLATES}
