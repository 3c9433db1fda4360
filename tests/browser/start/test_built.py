"""Every file in `built/` has a known source, and browsers verify the files that they store.

The sources are packages and this repository. `npm ci` and `pip --require-hashes` verify packages by
the digests in the lock files; tests/unit/tools/test_build.py checks that the lock files have them.
A file in `built/` is a copy of a source, or tools/ has built it from sources. The script of the
service worker has the SHA-256 of each file that it stores. The name of a folder in `built/`
ends with a digest of the folder's content.
"""

import base64
import hashlib
import json
import re
import zipfile

import pytest

from offline_onnx import Manifest
from offline_onnx_page.site.sources import SERVICE_WORKER
from tools.env import npm
from tools.env.venv import ROOT
from tools.lean import runtime
from tools.lean.library import PACKAGES
from tools.site import bundle, page
from tools.site.parts import SCRIPTS

COPIED = {
    **{f"release/{name}": runtime.RELEASE / name for name in runtime.FILES},
    **{f"release/{name}": SCRIPTS / name for name in ("isolated.js", "model_worker.js")},
    **{f"model/{name}": bundle.MODEL / name for name in ("digits.onnx", "digits.json")},
}
"""The files in `built/` that are copies, and the original of each."""
BUILT_BY = {
    "pyodide/pyodide.asm.wasm": "tools/lean/interpreter.py",
    "pyodide/pyodide.rest.wasm": "tools/lean/wasm/split.py",
    "pyodide/pyodide.data": "tools/lean/wasm/cut.py",
    "onnxruntime/ort-wasm-simd-threaded.wasm": "tools/lean/runtime.py",
    "onnxruntime/ort-wasm-simd-threaded.data": "tools/lean/runtime.py",
    "python/library.zip": "tools/lean/library.py",
    "vendors/vendors.js": "tools/node/join_vendors.mjs",
    "boot.js": "tools/node/join_scripts.mjs",
    "first_visit_worker.js": "tools/node/join_scripts.mjs",
    "site.js": "tools/site/parts.py",
    "app.en.webmanifest": "tools/site/webmanifest.py",
    "app.zh.webmanifest": "tools/site/webmanifest.py",
}
"""The files in `built/` that are not copies, and the code that builds each."""
COMPRESSED = {".br", ".gz"}
# In a built service worker: an entry of the list of files that it stores at its installation, and
# an entry for a file that it stores on first use. Both contain the SHA-256 of the file.
PRECACHED = re.compile(r'\{url:"([^"]+)",revision:(null|"\w{32}"),integrity:"sha256-([^"]{44})"\}')
ON_DEMAND = re.compile(r'(release-\w+)\\/([^$]+)\$/,new \w+\(\{[^}]*integrity:"sha256-([^"]{44})"')


@pytest.fixture
def built(site):
    """Return the files in `built/`, by their paths without the digests."""
    files = (file for file in (site / "built").rglob("*") if file.is_file())
    return {
        re.sub(r"-[0-9a-f]{12}(?=/)", "", file.relative_to(site / "built").as_posix()): file
        for file in files
        if file.suffix not in COMPRESSED and file.name != ".inputs"
    }


def base64_sha256(file):
    """Return the SHA-256 of a file in base64."""
    return base64.b64encode(hashlib.sha256(file.read_bytes()).digest()).decode()


def test_the_installed_npm_packages_are_those_of_the_lock():
    assert (npm.PACKAGES / ".installed-lock.json").read_bytes() == npm.LOCK.read_bytes()


def test_every_built_file_is_a_copy_of_a_known_file_or_built_by_known_code(built):
    assert set(built) == {*COPIED, *BUILT_BY}
    for name, original in COPIED.items():
        assert built[name].read_bytes() == original.read_bytes(), name
    assert all((ROOT / code).is_file() for code in BUILT_BY.values())


def test_the_library_contains_every_module_of_the_page(built):
    with zipfile.ZipFile(built["python/library.zip"]) as library:
        compiled = {name for name in library.namelist() if name.startswith("digits/page/")}
    package = PACKAGES / "digits" / "page"
    modules = {file.relative_to(PACKAGES).as_posix() for file in package.rglob("*.py")}
    assert compiled == {f"{name}c" for name in modules}


def test_the_name_of_every_folder_has_the_digest_of_its_content(site):
    folders = sorted((site / "built").glob("*/"))
    assert len(folders) == 6
    for folder in folders:
        digest = hashlib.sha256()
        for file in sorted(folder.iterdir()):
            if file.suffix not in COMPRESSED:
                digest.update(file.name.encode() + b"\0" + file.read_bytes())
        assert folder.name.rpartition("-")[2] == digest.hexdigest()[:12]


def test_the_service_worker_has_the_digest_of_every_file_that_a_page_may_load(site, add_row):
    worker = (site / SERVICE_WORKER).read_text("utf-8")
    listed = {url: (revision, integrity) for url, revision, integrity in PRECACHED.findall(worker)}
    on_demand = {
        f"built/{folder}/{name.replace('\\', '')}": integrity
        for folder, name, integrity in ON_DEMAND.findall(worker)
    }
    files = {
        file.relative_to(site).as_posix(): file
        for file in site.rglob("*")
        if file.is_file() and file.suffix not in COMPRESSED
    }
    not_stored = {SERVICE_WORKER, "built/.inputs", page.TEMPLATE, *page.FOR_CRAWLERS}
    assert {*listed, *on_demand} == {*files} - not_stored
    # A host may alter the files that have no digest in their paths. They come first in the list, so
    # that the installation fails before the large files are downloaded.
    is_hashed = [revision == "null" for revision, _ in listed.values()]
    assert is_hashed == sorted(is_hashed)
    for url, (revision, integrity) in listed.items():
        assert integrity == base64_sha256(files[url]), url
        if revision == "null":
            assert re.match(r"built/[a-z]+-[0-9a-f]{12}/", url)
        else:
            sha256 = hashlib.sha256(files[url].read_bytes())
            assert revision == f'"{sha256.hexdigest()[:32]}"', url
    assert len(on_demand) == 5
    for url, integrity in on_demand.items():
        assert integrity == base64_sha256(files[url]), url
    for what, count in (("stored for offline use", len(listed)), ("on demand", len(on_demand))):
        add_row("Files with a SHA-256 in the service worker", what=what, count=count)


def test_the_manifest_has_the_digests_of_the_model_and_its_chunks(built):
    manifest = Manifest.parse(built["model/digits.json"].read_text("utf-8"))
    content = built["model/digits.onnx"].read_bytes()
    assert (manifest.size, manifest.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    for index, digest in enumerate(manifest.chunks):
        chunk = content[slice(*manifest.digests.span(index))]
        assert hashlib.sha256(chunk).hexdigest() == digest


def test_site_js_names_exactly_the_folders_that_exist(site, built):
    text = (site / "built" / "site.js").read_text("utf-8")
    folders = json.loads(re.search(r"export const folders = (\{.*?\});", text, re.DOTALL)[1])
    named = {file.parent for file in built.values()} - {site / "built"}
    assert {site / folder for folder in folders.values()} == named
