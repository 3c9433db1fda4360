"""The command `serve`: if a file of a page changes, the site is built again, and pages reload."""

import contextlib
import dataclasses
import http.client
import json
import os
import queue
import re
import signal
import socket
import subprocess
import sys
import threading

import pytest

from offline_onnx_page.errors import SiteError
from offline_onnx_page.serving import live_reload
from offline_onnx_page.serving import server as server_module
from offline_onnx_page.serving.live_reload import Versions, fingerprint, open_page
from offline_onnx_page.serving.server import Handler, open_server
from offline_onnx_page.site.page import PageBuild
from offline_onnx_page.site.prebuilt import Prebuilt
from offline_onnx_page.site.sources import BUILT
from tests.support import installed_command
from tests.support.small_models import iris, with_external_data, write_model
from tests.support.time_limits import TIMEOUT
from tests.unit.site.conftest import write_prebuilt

HTML = "<!doctype html><html><head><title>One</title></head></html>"


@pytest.fixture
def page(tmp_path):
    """Return how to build a small page."""
    source = tmp_path / "page"
    source.mkdir()
    (source / "index.html").write_text(HTML)
    (source / "main.py").write_text("print(1)")
    return PageBuild(
        source, source, write_prebuilt(tmp_path / "prebuilt"), scratch=tmp_path / "scratch"
    )


class Live:
    """A served page. `said` has the messages, in order."""

    def __init__(self, page, server, said):
        self.folder = page.source
        self.port = server.server_port
        self.said = said

    def get(self, path):
        """Return the headers and the text of a file."""
        connection = http.client.HTTPConnection("localhost", self.port, timeout=TIMEOUT)
        connection.request("GET", f"/{path}")
        response = connection.getresponse()
        return response.headers, response.read().decode()

    def version(self):
        """Return the version of the site that a page loads now."""
        return re.search(r"loaded=(\w+)", self.get("built/reload.js")[1])[1]

    def change(self, loaded):
        """Wait for a change since a version; return it."""
        headers, text = self.get(f"built/changes?loaded={loaded}")
        assert headers["Content-Type"] == "text/event-stream"
        (data,) = re.findall(r"^data: (.*)\n\n$", text, re.MULTILINE | re.DOTALL)
        return json.loads(data)

    def write(self, name, content):
        """Write a file of the page, all at once: the watcher never sees an incomplete one."""
        hidden = self.folder / ".incomplete"
        hidden.write_bytes(content if isinstance(content, bytes) else content.encode())
        hidden.replace(self.folder / name)

    def next_message(self):
        """Wait for a message."""
        return self.said.get(timeout=TIMEOUT)


@contextlib.contextmanager
def serving(page):
    """Serve a page as the command `serve` does."""
    said = queue.Queue()
    with open_page(page, 0, said.put) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield Live(page, server, said)
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def live(page, monkeypatch):
    """Return the served page."""
    monkeypatch.setattr(live_reload, "POLL_INTERVAL", 0.01)
    with serving(page) as live:
        yield live


def test_the_site_is_built_beside_the_page(live):
    assert {file.name for file in live.folder.iterdir()} == {"index.html", "main.py"}
    headers, html = live.get("")
    assert html == HTML.replace(
        "<head>", '<head><script type="module" src="built/reload.js"></script>'
    )
    assert headers["Cache-Control"] == "no-store"
    assert live.get("main.py")[1] == "print(1)"
    assert live.version() in live.get("built/reload.js")[1]


def test_a_changed_file_is_served_and_reported_to_every_page(live):
    before = live.version()
    waiting = [queue.Queue() for _ in range(3)]
    threads = [
        threading.Thread(target=lambda answer=answer: answer.put(live.change(before)))
        for answer in waiting
    ]
    for thread in threads:
        thread.start()
    live.write("main.py", "print(2)")
    assert live.next_message() == "Reloading: main.py changed."
    assert [answer.get(timeout=TIMEOUT) for answer in waiting] == [{"hasNewModel": False}] * 3
    assert live.get("main.py")[1] == "print(2)"
    assert live.version() != before


def test_a_page_that_missed_a_change_is_told_at_once(live):
    """A page misses a change while it is loading, or while the server is started anew."""
    before = live.version()
    live.write("main.py", "print(2)")
    live.next_message()
    assert live.change(before) == {"hasNewModel": False}
    live.write("iris.onnx", iris())
    live.next_message()
    assert live.change(before) == {"hasNewModel": True}
    assert live.change("another-servers") == {"hasNewModel": True}
    assert live.change("") == {"hasNewModel": True}


@pytest.mark.parametrize("name", ["split.onnx", "split.json", "split.weights"])
def test_a_change_of_any_file_of_a_model_counts_as_a_new_model(page, monkeypatch, name):
    monkeypatch.setattr(live_reload, "POLL_INTERVAL", 0.01)
    content, weights = with_external_data(1, "split.weights")
    write_model(page.source, content, "split", external_data=weights)
    with serving(page) as live:
        before = live.version()
        os.utime(live.folder / name, (1, 1))
        assert live.next_message() == f"Reloading: {name} changed."
        assert live.change(before) == {"hasNewModel": True}


def test_the_deletion_of_a_model_counts_as_a_new_model(page, monkeypatch):
    monkeypatch.setattr(live_reload, "POLL_INTERVAL", 0.01)
    write_model(page.source, iris(), "iris")
    with serving(page) as live:
        before = live.version()
        (page.source / "iris.json").unlink()
        assert live.next_message() == "Reloading: iris.json changed."
        assert live.change(before) == {"hasNewModel": True}


def test_new_and_deleted_files_are_changes(live):
    live.write("new é.txt", "new")
    assert live.next_message() == "Reloading: new é.txt changed."
    assert live.get("new%20%C3%A9.txt")[1] == "new"
    (live.folder / "new é.txt").unlink()
    assert live.next_message() == "Reloading: new é.txt changed."
    assert "Error code: 404" in live.get("new%20%C3%A9.txt")[1]


def test_a_failed_build_is_reported_and_the_next_change_recovers(live):
    before = live.version()
    live.write("page.toml", "packages = [")
    message = live.next_message()
    assert message.startswith("page.toml changed, but the site could not be built again: ")
    assert "is not TOML" in message
    assert "\n" not in message
    assert live.version() == before
    assert live.get("main.py")[1] == "print(1)"
    live.write("iris.onnx", iris())
    assert live.next_message().startswith("iris.onnx changed, but the site could not")
    (live.folder / "page.toml").unlink()
    assert live.next_message() == "Reloading: page.toml changed."
    assert live.change(before) == {"hasNewModel": True}  # the first version with iris.onnx


def test_an_open_page_gets_the_reason_of_a_failed_build_then_the_next_version(live):
    before = live.version()
    events = queue.Queue()

    def listen():
        connection = http.client.HTTPConnection("localhost", live.port, timeout=TIMEOUT)
        connection.request("GET", f"/built/changes?loaded={before}")
        for line in connection.getresponse():
            if line.startswith(b"data: "):
                events.put(json.loads(line.removeprefix(b"data: ")))

    threading.Thread(target=listen, daemon=True).start()
    for settings in ("packages = [", "packages = 1"):
        live.write("page.toml", settings)
        message = live.next_message()
        assert events.get(timeout=TIMEOUT) == {"failure": message}
    live.write("page.toml", "")
    live.next_message()
    assert events.get(timeout=TIMEOUT) == {"hasNewModel": False}


def test_the_server_continues_to_run_after_any_error_of_a_build(live, monkeypatch):
    def fail(_):
        raise RuntimeError("a bug\nof the build")

    with monkeypatch.context() as patch:
        patch.setattr(live_reload, "build_page", fail)
        live.write("main.py", "print(2)")
        assert live.next_message().endswith("could not be built again: a bug of the build")
    live.write("main.py", "print(3)!")
    assert live.next_message() == "Reloading: main.py changed."


def test_a_deleted_page_is_reported(live, tmp_path):
    live.folder.rename(tmp_path / "moved")
    assert "could not be built again" in live.next_message()
    (tmp_path / "moved").rename(live.folder)
    assert live.next_message().startswith("Reloading: ")


def test_files_that_no_person_changes_are_not_watched(tmp_path):
    for path in (
        *("main.py", "lib/x.py", "model.onnx", "page.toml"),
        *(".git/index", "__pycache__/m.pyc", "lib/__pycache__/x.pyc", "page.lock"),
        *("wheels/a-1-py3-none-any.whl", "site/built/.inputs", "site/index.html", "built/x.js"),
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    found = {file.relative_to(tmp_path).as_posix() for file in fingerprint(tmp_path)}
    assert found == {"main.py", "lib/x.py", "model.onnx", "page.toml"}


def test_packages_outside_of_the_page_are_watched(tmp_path):
    page, lib = tmp_path / "page", tmp_path / "lib"
    page.mkdir()
    lib.mkdir()
    (lib / "a.py").touch()
    (tmp_path / "b.py").touch()
    (page / "page.toml").write_text('packages = ["../lib", "../b.py", "../missing.py", "own"]')
    (page / "own").mkdir()
    (page / "own" / "c.py").touch()
    names = [file.name for file in fingerprint(page)]
    assert sorted(names) == ["a.py", "b.py", "c.py", "page.toml"]


def test_a_page_that_can_not_be_built_is_not_served(page):
    (page.source / "index.html").unlink()
    with pytest.raises(SiteError, match=r"has no index\.html"):
        open_page(page, 0, print).__enter__()


def test_without_a_free_port_no_option_is_recommended(tmp_path, monkeypatch):
    def fail(*_):
        raise OSError(98, "Address already in use")

    monkeypatch.setattr(server_module, "ThreadingHTTPServer", fail)
    message = r"no port is free \(Address already in use\): close other programs\.$"
    with pytest.raises(SiteError, match=message):
        open_server(tmp_path)


def test_a_used_port_is_reported_before_anything_is_built(page):
    with open_server(page.source) as server:
        port = server.server_port
        broken = dataclasses.replace(page, prebuilt=Prebuilt(page.source))
        message = rf"port {port} can't be used \(Address already in use\); choose another"
        with pytest.raises(SiteError, match=message):
            open_page(broken, port, print).__enter__()
        (page.source / "index.html").unlink()
        with pytest.raises(SiteError, match=r"has no index\.html"):
            open_page(page, port, print).__enter__()


def test_temporary_files_are_deleted(page, monkeypatch, tmp_path):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    with serving(page):
        assert len(list(temporary.iterdir())) == 1
    assert list(temporary.iterdir()) == []


def test_wait_returns_whether_there_is_another_version_or_failure():
    versions = Versions()
    versions.add("a", has_new_model=False)
    assert versions.wait("", 0)
    assert not versions.wait("a", 0)
    versions.add("b", has_new_model=True)
    assert versions.wait("a", 0)
    assert versions.change("a") == {"hasNewModel": True}
    assert versions.change("b") == {"hasNewModel": False}
    versions.fail("why")
    assert versions.wait("b", 0)
    assert not versions.wait("b", 0, "why")
    versions.add("c", has_new_model=False)
    assert not versions.wait("c", 0)


def test_a_browser_that_closes_its_connection_causes_no_message(tmp_path, capfd):
    (tmp_path / "large").write_bytes(bytes(50_000_000))
    answered = threading.Event()

    class Watched(Handler):
        def finish(self):
            with contextlib.suppress(OSError):
                super().finish()
            answered.set()

    with open_server(tmp_path, 0, Watched) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        with socket.create_connection(("localhost", server.server_port)) as connection:
            connection.sendall(b"GET /large HTTP/1.0\r\n\r\n")
            connection.recv(1)
        assert answered.wait(TIMEOUT)
        server.shutdown()
        thread.join()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("first_line", [b"\x16\x03\x01", b"GET / HTTP/9.0"])
def test_a_malformed_request_gets_an_error_and_causes_no_message(live, capfd, first_line):
    with socket.create_connection(("localhost", live.port)) as connection:
        connection.sendall(first_line + b"\r\n\r\n")
        answer = connection.makefile("rb").read()
    assert b"Error code: " in answer
    assert capfd.readouterr() == ("", "")


def start(*arguments, cwd):
    """Start the installed command; return the process."""
    return subprocess.Popen(
        [sys.executable, "-m", "offline_onnx", *arguments],
        cwd=cwd,
        env=installed_command.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Programs that a shell starts in the background ignore SIGINT, and so do their children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


@pytest.fixture
def built_site(tmp_path):
    """Return the folder of something that looks like a built site."""
    site = tmp_path / "site"
    (site / BUILT).mkdir(parents=True)
    (site / BUILT / "site.js").write_text("")
    (site / "index.html").write_text(HTML)
    return site


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_server_says_goodbye(built_site, how):
    with start("serve", "site", "--port", "0", cwd=built_site.parent) as process:
        line = process.stdout.readline()
        assert re.fullmatch(r"http://localhost:\d+/  \(Ctrl\+C stops\)\n", line)
        process.send_signal(how)
        out, err = process.communicate(timeout=TIMEOUT)
    assert process.returncode == 0
    assert out == ("Stopped. Pages that are stored in a browser still work, without the server.\n")
    assert err == ""


def test_a_server_prints_one_json_document_at_its_start(built_site):
    with start("serve", "site", "--port", "0", "--json", cwd=built_site.parent) as process:
        data = json.loads(process.stdout.readline())
        assert re.fullmatch(r"http://localhost:\d+/", data["address"])
        assert data["folder"] == str(built_site)
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=TIMEOUT) == ("", "")
    assert process.returncode == 0


def test_a_used_port_is_reported_in_one_line(built_site):
    with open_server(built_site) as server:
        port = str(server.server_port)
        done = installed_command.run("serve", built_site, "--port", port)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"offline-onnx: port {port} can't be used (Address already in use); choose another: "
        "serve --port N\n"
    )
