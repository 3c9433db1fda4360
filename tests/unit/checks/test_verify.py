"""`verify` finds what is wrong with a site, in a folder and on a host."""

import json
import re

import pytest

from offline_onnx.command.main import main
from offline_onnx_page.checks import folder
from offline_onnx_page.checks.verify import verify
from offline_onnx_page.errors import SiteError
from offline_onnx_page.site.prebuilt import Prebuilt, write_list
from tests.support.small_models import with_external_data, write_model
from tests.unit.checks import broken_sites
from tests.unit.checks.broken_sites import (
    BROKEN_SITES,
    BrokenSite,
    Host,
    as_cell,
    build_broken,
    documented,
    serve,
    write,
)

GOOD = BrokenSite("good")
"""A site that is not broken, described as the broken ones are."""
LOCK = '{"info": {"python": "3.14.2", "abi_version": "2026_0", "arch": "wasm32"}, "packages": {}}'
"""The text of Pyodide's lock file, without packages."""
FOLDERS = {
    "pyodide": "built/pyodide-0123456789ab/",
    "onnxruntime": "built/onnxruntime-0123456789ab/",
}


@pytest.fixture(scope="module")
def prebuilt(tmp_path_factory):
    """Return small prebuilt files with the names of the real ones."""
    folder = tmp_path_factory.mktemp("prebuilt")
    template = 'precache([{url:"FILES",revision:null}]);caches("CACHE")'
    for path, content in {
        "built/run.js": "run()",
        f"{FOLDERS['pyodide']}pyodide.mjs": "export {}",
        f"{FOLDERS['pyodide']}pyodide.asm.wasm": "\0asm" + "x" * 200_000,
        "service-worker.js": template,
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content, "utf-8")
    write_list(folder, FOLDERS, "offline_onnx.browser", LOCK)
    return Prebuilt(folder)


@pytest.fixture
def build(prebuilt, tmp_path):
    """Return a function that builds a site, broken or GOOD, and returns its folder."""
    return lambda broken=GOOD: build_broken(broken, prebuilt, tmp_path)


def faults_of(site):
    """Return the texts of the faults that `verify` finds in a folder or at an address."""
    return [fault.text for fault in verify(str(site)).faults]


@pytest.mark.parametrize("broken", BROKEN_SITES, ids=lambda broken: broken.name)
def test_verify_says_what_is_documented_about_each_broken_site(build, broken):
    site = build(broken)
    with serve(site, broken.host) as address:
        faults = faults_of(address if broken.host else site)
    assert as_cell(faults) == documented()[broken.name][0]


def test_a_good_site_has_no_faults_in_its_folder_and_on_a_host(build):
    site = build()
    here = verify(str(site))
    assert (here.faults, here.notes) == ([], [])
    assert here.checked == {"files": 7, "models": 1, "manifests": 1}
    with serve(site) as address:
        host = verify(address)
    assert (host.faults, host.checked) == ([], here.checked)
    compression, isolation = host.notes
    assert "pyodide.asm.wasm arrives uncompressed, 0.2 MB" in compression.text
    assert "does not send Cross-Origin-Opener-Policy" in isolation.text


HOSTS = {
    "a page that browsers may reuse for a month": (
        Host(headers={"": {"Cache-Control": "public, max-age=2592000"}}),
        "index.html (and 5 other files) may be reused by browsers for 30 days",
    ),
    "a service worker that browsers may reuse for a day": (
        Host(headers={"/service-worker.js": {"Cache-Control": "max-age=86400"}}),
        "service-worker.js may be reused by browsers for 1 day",
    ),
    "scripts of a wrong type": (
        Host(headers={"run.js": {"Content-Type": "application/octet-stream"}}),
        "built/run.js arrives as application/octet-stream, which browsers refuse",
    ),
    "a minified script": (
        Host(bodies={"main.py": lambda body: body.replace(b"\n\n", b"\n")}),
        "main.py is not the file that was bundled: the host changes it, or has it from another",
    ),
    "other line endings": (
        Host(bodies={"main.py": lambda body: body.replace(b"\n", b"\r\n")}),
        "main.py is not the file that was bundled: its line endings were changed",
    ),
    "a login page instead of a file": (
        Host(bodies={"labels.txt": lambda _: b"<!doctype html>Log in"}),
        "labels.txt arrives as a web page with status 200: the file is not on the host",
    ),
    "a login page instead of a model": (
        Host(bodies={"iris.onnx": lambda _: b"<!doctype html>Log in"}),
        "iris.onnx is missing, which iris.json describes. Upload the whole site again.",
    ),
}


@pytest.mark.parametrize(("host", "expected"), HOSTS.values(), ids=HOSTS)
def test_a_fault_of_a_host_is_named(build, host, expected):
    with serve(build(), host) as address:
        (fault,) = faults_of(address)
    assert fault.startswith(expected)


def test_an_old_compressed_copy_on_a_host_is_distinguished_from_an_altered_file(build):
    with serve(build(BROKEN_SITES[3])) as address:
        (fault,) = faults_of(address)
    assert "built/site.js.gz on the host is old" in fault


def test_a_service_worker_and_a_model_that_a_host_lacks_are_named(build):
    site = build()
    (site / "service-worker.js").unlink()
    (site / "iris.onnx").unlink()
    with serve(site) as address:
        worker, model = faults_of(address)
    assert worker.startswith("service-worker.js is missing, so the page does not work offline")
    assert model == (
        "iris.onnx is missing, which iris.json describes. Upload the whole site again."
    )


def test_a_host_that_answers_unknown_addresses_with_a_page_gets_a_note(build):
    site = build()
    (site / "built" / "no-such-file-of-this-site.js").write_text("<html>")
    with serve(site) as address:
        notes = [note.text for note in verify(address).notes]
    assert any("answers unknown addresses with status 200" in note for note in notes)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (write("notes.txt", "more"), "notes.txt was added after bundling"),
        (lambda site: (site / "index.html").unlink(), "index.html is missing, so browsers store"),
        (write("service-worker.js", "// empty"), "service-worker.js has no list of files"),
        (
            write("iris.onnx", "version https://git-lfs.github.com/spec/v1\n"),
            "iris.onnx is a pointer of Git LFS, not the model itself",
        ),
        (write("iris.onnx", "<html>"), "iris.onnx is a web page, so no page can run it"),
        (write("iris.json", '{"file": "iris.onnx", "sha256": "", "inputs": []}'), "iris.json is"),
    ],
)
def test_a_fault_of_a_folder_is_named(build, change, expected):
    site = build()
    change(site)
    assert faults_of(site)[0].startswith(expected)


def test_a_file_that_the_page_names_but_lacks_is_missing_even_if_it_was_never_bundled(build):
    page = broken_sites.PAGE.replace("<title>", '<link rel="stylesheet" href="style.css"><title>')
    (fault,) = faults_of(build(BrokenSite("", change_page=write("index.html", page))))
    assert fault.startswith("style.css is missing, which index.html loads")


def test_a_page_without_a_service_worker_gets_a_note_instead_of_faults(build):
    site = build()
    (site / "service-worker.js").unlink()
    script = site / "built" / "site.js"
    script.write_text(
        script.read_text().replace("hasServiceWorker = true", "hasServiceWorker = false")
    )
    report = verify(str(site))
    assert report.faults == []
    assert "bundled with --no-service-worker" in report.notes[0].text


def test_what_is_not_a_site_is_an_error_that_says_what_to_do(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(SiteError, match="choose the folder that `bundle` has printed"):
        verify(str(tmp_path / "empty"))
    with pytest.raises(SiteError, match="no address that begins with https://"):
        verify("nowhere")
    with pytest.raises(SiteError, match=r"can't be reached .* check the address"):
        verify("http://localhost:1/")
    with (
        serve(tmp_path) as address,
        pytest.raises(SiteError, match="is not a page of offline-onnx"),
    ):
        verify(address)
    with serve(tmp_path) as address, pytest.raises(SiteError, match="answered with status 404"):
        verify(f"{address}missing/")


def test_the_command_prints_one_line_for_each_fault_and_a_summary(build, capsys):
    site = build(BROKEN_SITES[0])
    assert main(["verify", str(site)]) == 1
    fault, summary = capsys.readouterr().out.splitlines()
    assert fault.startswith("fault: main.py is not the file that was bundled")
    assert summary == (f"1 fault in {site}. Checked: 7 files, 1 model, 1 manifest.")
    assert main(["verify", str(site), "--json"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert [each["path"] for each in data["faults"]] == ["main.py"]
    write("main.py", broken_sites.MAIN)(site)
    assert main(["verify", str(site)]) == 0
    assert capsys.readouterr().out.startswith("No faults in ")


def use_split_model(page):
    """Replace the page's model by one whose weights are in another file, without a manifest."""
    content, external_data = with_external_data(1, "iris.onnx.data")
    write_model(page, content, "iris", external_data=external_data)
    (page / "iris.json").unlink()
    write("main.py", broken_sites.MAIN.replace("iris.json", "iris.onnx"))(page)


def test_a_model_without_a_manifest_is_checked_with_the_files_of_its_weights(build):
    site = build(BrokenSite("", change_page=use_split_model))
    with serve(site) as address:
        assert (faults_of(site), faults_of(address)) == ([], [])
        (site / "iris.onnx.data").unlink()
        expected = "iris.onnx.data is missing: iris.onnx has its weights there."
        assert faults_of(site) == [f"{expected} Copy it into the folder."]
        assert faults_of(address) == [f"{expected} Upload the whole site again."]


def test_a_missing_model_is_a_fault_if_the_code_loads_it_and_a_note_if_it_only_names_it(build):
    main_py = broken_sites.MAIN + 'NAMES = ["table.json"]\n'
    site = build(BrokenSite("", change_page=write("main.py", main_py)))
    for name in ("iris.json", "iris.onnx"):
        (site / name).unlink()
    with serve(site) as address:
        reports = [verify(str(site)), verify(address)]
    for report, what_to_do in zip(
        reports, ("Copy it into the folder.", "Upload the whole site again."), strict=True
    ):
        (fault,) = report.faults
        assert fault.text == f"iris.json is missing, which main.py loads. {what_to_do}"
        expected = f"table.json is missing, which main.py names. If it is a model: {what_to_do}"
        assert expected in [note.text for note in report.notes]


def test_the_source_of_a_page_is_not_its_site(build, tmp_path):
    build()
    with pytest.raises(SiteError, match=r"because it has no built/site\.js: choose .*/site\."):
        verify(str(tmp_path))


def test_of_another_site_with_the_same_service_worker_only_files_and_models_are_checked(build):
    def write_other(site):
        (site / "built" / "run.js").unlink()
        worker = (site / "service-worker.js").read_text("utf-8")
        entry = r'\{url:"built/run.js"[^}]*\},?'
        (site / "service-worker.js").write_text(re.sub(entry, "", worker), "utf-8")
        write("extra.txt", "")(site)

    report = verify(str(build(BrokenSite("", change_site=write_other))))
    assert report.faults == []
    assert "is not a page of offline-onnx" in report.notes[0].text


def test_copies_that_can_not_be_read_without_brotli_are_reported_in_json_only(build, monkeypatch):
    site = build()
    (site / "main.py.br").write_bytes(b"?")
    monkeypatch.setattr(folder, "find_spec", lambda _: None)
    report = verify(str(site))
    assert report.faults == report.notes == []
    assert report.data()["skipped"] == "1 .br copy: pip install brotli"
    assert "brotli" not in "\n".join(report.lines())
