"""The service worker's list of files, and the files that count as downloads."""

import gzip
import json
import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_onnx_page.errors import SiteError
from offline_onnx_page.site import compression, service_worker
from offline_onnx_page.site.service_worker import StoredFile, write
from offline_onnx_page.site.transfers import summary, transfer_sizes, transfers

TEMPLATE = '[{url:"FILES",revision:null}] "CACHE"'
HASHED = "built/python-0123456789ab"
"""A folder whose name changes with its content, so its files never change."""


@pytest.fixture
def site(tmp_path):
    """Return a function that writes a site, and returns its folder. A file contains its path."""

    def write_site(*paths):
        for path in paths:
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(path)
        return tmp_path

    return write_site


def listed(site, **options):
    """Write a service worker; return the addresses that it lists."""
    write(site, TEMPLATE, "cache", **options)
    script = (site / "service-worker.js").read_text("utf-8")
    assert script.endswith(' "cache"')
    return re.findall(r'\{url:"([^"]+)"', script)


def test_files_that_may_change_come_first(site):
    folder = site("z.js", "index.html", f"{HASHED}/a.zip", "built/run.js", "a/built/x-1/y")
    assert listed(folder) == [
        "a/built/x-1/y",
        "built/run.js",
        "index.html",
        "z.js",
        f"{HASHED}/a.zip",
    ]
    script = (folder / "service-worker.js").read_text()
    assert f'{{url:"{HASHED}/a.zip",revision:null,' in script
    assert re.search(r'\{url:"z.js",revision:"[0-9a-f]{32}",integrity:"sha256-[^"]{44}"', script)


def test_hidden_files_compressed_copies_and_files_for_hosts_are_not_listed(site):
    folder = site("index.html", ".hidden", ".git/config", "a/.b/c", "_headers", "_redirects")
    site("style.css", "style.css.gz", "style.css.br", "data.csv.gz", "a/_headers")
    assert listed(folder) == ["a/_headers", "data.csv.gz", "index.html", "style.css"]
    assert listed(folder) == ["a/_headers", "data.csv.gz", "index.html", "style.css"]


def test_files_that_are_too_large_are_not_listed(site, monkeypatch):
    monkeypatch.setattr(service_worker, "MAX_STORED", 5)
    folder = site("12345", "123456")
    assert listed(folder) == ["12345"]
    assert listed(folder, is_stored=lambda path: path == "12345") == ["12345"]
    with pytest.raises(SiteError, match="has no files"):
        listed(folder, is_stored=lambda _: False)


@pytest.mark.parametrize("template", ["", TEMPLATE * 2, TEMPLATE.replace("CACHE", "")])
def test_a_template_that_has_not_each_placeholder_once_is_refused(site, template):
    with pytest.raises(SiteError, match=r"\d times instead of once"):
        write(site("index.html"), template, "cache")


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("a b.txt", "a%20b.txt"),
        ("a#b.txt", "a%23b.txt"),
        ("a?b.txt", "a%3Fb.txt"),
        ("100%.txt", "100%25.txt"),
        ("%41.txt", "%2541.txt"),
        ('"a".txt', "%22a%22.txt"),
        ("it's.txt", "it's.txt"),
        ("back\\slash", "back%5Cslash"),
        ("new\nline", "new%0Aline"),
        ("é数.txt", "%C3%A9%E6%95%B0.txt"),
        ("http:a.txt", "./http:a.txt"),
        ("a/http:b.txt", "a/http:b.txt"),
        ("{[(a)]}^|`<>.txt", "%7B[(a)]%7D^|%60%3C%3E.txt"),
        ("A-z_0.~!$&'()*+,;=@", "A-z_0.~!$&'()*+,;=@"),
    ],
)
def test_addresses_are_encoded_as_browsers_do_it(path, address):
    assert StoredFile(path, b"").url == address


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1))
def test_every_name_is_one_address_of_ascii_without_query_and_fragment(path):
    address = StoredFile(path, b"").url
    assert re.fullmatch(r"[!$&-;=@-\[\]^_a-z|~%]*", address)
    assert unquote(address.removeprefix("./")) == path.removeprefix("./")


def test_odd_names_are_read_back(site):
    names = ["a b.txt", "http:a.txt", "index.html", "é%20.txt"]
    folder = site(*names)
    write(folder, TEMPLATE, "cache")
    found = service_worker.listed((folder / "service-worker.js").read_text("utf-8"))
    assert [file.path for file in found] == names


def test_files_without_a_compressed_copy_count_with_their_full_size(site):
    folder = site("index.html", "a.js", "data.csv.gz", ".hidden", ".git/x")
    (folder / "a.js.br").write_bytes(b"12")
    assert transfer_sizes(folder, "") == {"a.js": 4, "data.csv.gz": 11, "index.html": 10}
    assert transfer_sizes(folder, "br") == {"a.js": 2, "data.csv.gz": 11, "index.html": 10}
    assert summary(folder) == "0.0 MB, 0.0 MB with Brotli"  # there is no copy with gzip


def test_files_that_a_first_visit_does_not_download_are_not_counted(site):
    folder = site("index.html", "weights.bin", f"{HASHED}/a.wasm")
    counts = transfers(folder, lambda file: file.name != "weights.bin")
    assert counts["others"] == {"identity": 10, "br": 10, "gzip": 10}
    assert counts["sizes"] == {f"{HASHED}/a.wasm": len(f"{HASHED}/a.wasm")}
    assert json.dumps(counts)


def test_models_are_not_compressed_and_existing_copies_stay(site, monkeypatch):
    folder = site("a.js", "b.js", "b.js.gz", "m.onnx", "m.ort", "x.br", "sub/y.js")
    monkeypatch.setattr(compression, "find_spec", lambda _: None)
    compression.compress([*sorted(folder.rglob("*")), folder / "missing.js"])
    assert gzip.decompress((folder / "a.js.gz").read_bytes()) == b"a.js"
    assert (folder / "b.js.gz").read_text() == "b.js.gz"
    names = {file.name for file in folder.rglob("*.gz")}
    assert names == {"a.js.gz", "b.js.gz", "y.js.gz"}
    first = (folder / "a.js.gz").read_bytes()
    (folder / "a.js.gz").unlink()
    compression.compress([folder / "a.js"])
    assert (folder / "a.js.gz").read_bytes() == first
