"""The tests run in the browser engines that are installed or can be installed."""

from dataclasses import replace

import pytest

from tools import check
from tools.console import BuildError
from tools.env import engines


@pytest.fixture
def machine(monkeypatch):
    """Simulate a machine on which only Chromium is installed.

    Returns:
        The set of installed engines, the list of commands that ran, and a list: if it is not empty,
        all commands fail.
    """
    installed, commands = {"chromium"}, []

    def fake_engine(name):
        return replace(engines.ENGINES[name], is_installed=lambda: name in installed)

    def run(_step, command, **_):
        commands.append(command)
        if failures:
            raise BuildError("no network")
        installed.update(n for n, engine in table.items() if set(engine.packages) <= set(command))

    failures = []
    table = {name: fake_engine(name) for name in engines.ENGINES}
    monkeypatch.setattr(engines, "ENGINES", table)
    monkeypatch.setattr(engines, "run", run)
    monkeypatch.setattr(engines, "can_install", lambda: True)
    return installed, commands, failures


def test_an_installed_engine_is_not_installed_again(machine):
    _, commands, _ = machine
    assert engines.install_missing(["chromium"]) == ["chromium"]
    assert commands == []


def test_missing_engines_are_installed_and_announced(machine, capsys):
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
    assert "Firefox and WebKit, as root, with apt-get: firefox-esr webkit2gtk-driver" in line


def test_without_permission_no_engine_is_installed(machine, capsys):
    _, commands, _ = machine
    assert engines.install_missing(["chromium", "firefox"], may_install=False) == ["chromium"]
    assert commands == []
    assert capsys.readouterr().err == ""


def test_without_root_no_engine_is_installed(machine, monkeypatch):
    _, commands, _ = machine
    monkeypatch.setattr(engines, "can_install", lambda: False)
    assert engines.install_missing(["chromium", "webkit"]) == ["chromium"]
    assert commands == []


def test_a_failed_installation_is_printed_and_is_not_an_error(machine, capsys):
    _, _, failures = machine
    failures.append("no network")
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
def test_wanted_engines_are_all_unless_an_option_names_one(arguments, wanted):
    assert check.wanted_engines(arguments) == wanted
