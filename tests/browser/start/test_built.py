"""The chain of digests, from the locks to what a browser stores, leaves no file out.

A package has the digest in its lock (`npm ci`, and `pip` with `--require-hashes`); that each has
one is checked in tests/unit/tools/test_build.py. A file of the site is a package's, ours, or built
from both by tools/. Its folder is named after its content, and the service worker's list has its
SHA-256.
"""

import base64
import hashlib
import json
import re
import zipfile

import pytest

from offline_onnx import Manifest
from tools.cache import SERVICE_WORKER
from tools.env import npm
from tools.env.venv import ROOT
from tools.lean import runtime
from tools.lean.interpreter import RELEASE as PYODIDE
from tools.lean.library import PACKAGES
from tools.site import bundle
from tools.site.parts import PAGE_SCRIPTS, SCRIPTS

COPIED = {
    "pyodide/pyodide.mjs": PYODIDE / "pyodide.mjs",
    "onnxruntime/ort.wasm.min.mjs": runtime.RELEASE / "ort.wasm.min.mjs",
    "onnxruntime/ort-wasm-simd-threaded.mjs": runtime.RELEASE / "ort-wasm-simd-threaded.mjs",
    **{f"release/{name}": runtime.RELEASE / name for name in runtime.FILES},
    **{f"release/{name}": SCRIPTS / name for name in ("isolated.js", "model_worker.js")},
    **{f"model/{name}": bundle.MODEL / name for name in ("digits.onnx", "digits.json")},
    **{name: SCRIPTS / name for name in PAGE_SCRIPTS},
}
"""The files in `built/` that are copies of a package's or of the repository's."""
BUILT_BY = {
    "pyodide/pyodide.asm.mjs": "tools/lean/pyodide_js.py",
    "pyodide/pyodide.asm.wasm": "tools/lean/interpreter.py",
    "pyodide/pyodide.rest.wasm": "tools/lean/wasm/split.py",
    "pyodide/pyodide.data": "tools/lean/wasm/cut.py",
    "onnxruntime/ort-wasm-simd-threaded.wasm": "tools/lean/runtime.py",
    "onnxruntime/ort-wasm-simd-threaded.data": "tools/lean/runtime.py",
    "python/library.zip": "tools/lean/library.py",
    "site.js": "tools/site/parts.py",
    "app.en.webmanifest": "tools/site/webmanifest.py",
    "app.zh.webmanifest": "tools/site/webmanifest.py",
}
"""The files that are built from packages' files and ours, and the code that builds each."""
ENCODED = {".br", ".gz"}
ENTRY = re.compile(r'\{url:"([^"]+)",revision:(null|"\w{32}"),integrity:"sha256-([^"]{44})"\}')
ON_DEMAND = re.compile(r'(release-\w+)\\/([^$]+)\$/,new \w+\(\{[^}]*integrity:"sha256-([^"]{44})"')


@pytest.fixture
def built(site):
    """Return the files in `built/`, by their path without digests."""
    files = (file for file in (site / "built").rglob("*") if file.is_file())
    return {
        re.sub(r"-[0-9a-f]{12}(?=/)", "", file.relative_to(site / "built").as_posix()): file
        for file in files
        if file.suffix not in ENCODED and file.name != ".inputs"
    }


def sha256(file):
    return base64.b64encode(hashlib.sha256(file.read_bytes()).digest()).decode()


def test_the_installed_npm_packages_are_the_locked_ones():
    assert (npm.PACKAGES / ".installed-lock.json").read_bytes() == npm.LOCK.read_bytes()


def test_every_built_file_is_copied_from_a_known_source_or_built_by_our_code(built):
    assert set(built) == {*COPIED, *BUILT_BY}
    for name, original in COPIED.items():
        assert built[name].read_bytes() == original.read_bytes(), name
    assert all((ROOT / code).is_file() for code in BUILT_BY.values())


def test_the_library_has_every_module_of_the_page(built):
    with zipfile.ZipFile(built["python/library.zip"]) as library:
        compiled = {name for name in library.namelist() if name.startswith("digits/page/")}
    package = PACKAGES / "digits" / "page"
    modules = {file.relative_to(PACKAGES).as_posix() for file in package.rglob("*.py")}
    assert compiled == {f"{name}c" for name in modules}


def test_every_folder_has_the_hash_of_its_content_in_its_name(site):
    folders = sorted((site / "built").glob("*/"))
    assert len(folders) == 5
    for folder in folders:
        digest = hashlib.sha256()
        for file in sorted(folder.iterdir()):
            if file.suffix not in ENCODED:
                digest.update(file.name.encode() + b"\0" + file.read_bytes())
        assert folder.name.rpartition("-")[2] == digest.hexdigest()[:12]


def test_the_service_worker_has_the_digest_of_every_file(site, add_row):
    worker = (site / SERVICE_WORKER).read_text("utf-8")
    listed = {url: (revision, integrity) for url, revision, integrity in ENTRY.findall(worker)}
    on_demand = {
        f"built/{folder}/{name.replace('\\', '')}": integrity
        for folder, name, integrity in ON_DEMAND.findall(worker)
    }
    files = {
        file.relative_to(site).as_posix(): file
        for file in site.rglob("*")
        if file.is_file() and file.suffix not in ENCODED
    }
    assert {*listed, *on_demand} == {*files} - {SERVICE_WORKER, "built/.inputs"}
    for url, (revision, integrity) in listed.items():
        assert integrity == sha256(files[url]), url
        if revision == "null":
            assert re.match(r"built/[a-z]+-[0-9a-f]{12}/", url)
        else:
            md5 = hashlib.md5(files[url].read_bytes(), usedforsecurity=False)
            assert revision == f'"{md5.hexdigest()}"', url
    assert len(on_demand) == 5
    for url, integrity in on_demand.items():
        assert integrity == sha256(files[url]), url
    for what, count in (("stored for offline use", len(listed)), ("on demand", len(on_demand))):
        add_row("Files with a SHA-256 in the service worker", what=what, count=count)


def test_the_manifest_has_the_models_digests(built):
    manifest = Manifest.parse(built["model/digits.json"].read_text("utf-8"))
    content = built["model/digits.onnx"].read_bytes()
    assert (manifest.size, manifest.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    for index, digest in enumerate(manifest.chunks):
        chunk = content[slice(*manifest.span(index))]
        assert hashlib.sha256(chunk).hexdigest() == digest


def test_the_page_names_these_folders_and_no_others(site, built):
    text = (site / "built" / "site.js").read_text("utf-8")
    folders = json.loads(re.search(r"export const folders = (\{.*?\});", text, re.DOTALL)[1])
    named = {file.parent for file in built.values()} - {site / "built"}
    assert {site / folder for folder in folders.values()} == named
