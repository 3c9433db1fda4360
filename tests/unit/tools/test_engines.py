"""Which engines the tests run in: installed ones, and those that can be installed."""

from dataclasses import replace

import pytest

from tools import check
from tools.console import BuildError
from tools.env import engines


@pytest.fixture
def machine(monkeypatch):
    """A machine with Chromium alone: what it has, the commands that ran, and whether they fail."""
    has, commands = {"chromium"}, []

    def here(name):
        return replace(engines.ENGINES[name], is_installed=lambda: name in has)

    def run(_step, command, **_):
        commands.append(command)
        if refused:
            raise BuildError("no network")
        has.update(n for n, engine in table.items() if set(engine.packages) <= set(command))

    refused = []
    table = {name: here(name) for name in engines.ENGINES}
    monkeypatch.setattr(engines, "ENGINES", table)
    monkeypatch.setattr(engines, "run", run)
    monkeypatch.setattr(engines, "can_install", lambda: True)
    return has, commands, refused


def test_an_engine_that_is_here_is_not_installed(machine):
    _, commands, _ = machine
    assert engines.install_missing(["chromium"]) == ["chromium"]
    assert commands == []


def test_missing_engines_are_installed_after_saying_so(machine, capsys):
    _, commands, _ = machine
    assert engines.install_missing(["chromium", "firefox", "webkit"]) == [
        "chromium",
        "firefox",
        "webkit",
    ]
    (_, install) = commands
    assert "firefox-esr" in install
    assert "webkit2gtk-driver" in install
    assert "chromium" not in install
    (line,) = capsys.readouterr().err.splitlines()
    assert "outside this checkout" in line
    assert "Firefox and WebKit with apt-get, as root: firefox-esr webkit2gtk-driver" in line


def test_with_no_install_only_what_is_here_is_used(machine, capsys):
    _, commands, _ = machine
    assert engines.install_missing(["chromium", "firefox"], may_install=False) == ["chromium"]
    assert commands == []
    assert capsys.readouterr().err == ""


def test_without_the_right_to_install_the_tests_go_on_with_what_is_here(machine, monkeypatch):
    _, commands, _ = machine
    monkeypatch.setattr(engines, "can_install", lambda: False)
    assert engines.install_missing(["chromium", "webkit"]) == ["chromium"]
    assert commands == []


def test_a_failed_installation_is_reported_and_the_tests_go_on(machine, capsys):
    machine[2].append("refused")
    assert engines.install_missing(["chromium", "webkit"]) == ["chromium"]
    assert "no network" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        ([], ["chromium", "firefox", "webkit"]),
        (["-k", "number", "--engine", "webkit"], ["webkit"]),
        (["--engine=firefox", "-x"], ["firefox"]),
    ],
)
def test_one_engine_can_be_chosen(arguments, wanted):
    assert check.wanted_engines(arguments) == wanted
