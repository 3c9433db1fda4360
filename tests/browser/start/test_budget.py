"""The bytes, files and memory of a page load stay within the limits of tests/budget.json."""

import json

import pytest

from tests.browser.start.test_snapshot import expect_start
from tests.browser.support.first_visit import STORED_SNAPSHOTS
from tools.env.venv import ROOT
from tools.site import sizes

BUDGET = json.loads((ROOT / "tests" / "budget.json").read_text("utf-8"))
# Returns the size of the stored snapshot of Python's memory, in bytes.
SNAPSHOT_BYTES = """
async () => {
  const [[name, url]] = await (STORED_SNAPSHOTS)();
  return (await (await (await caches.open(name)).match(url)).arrayBuffer()).byteLength;
}
""".replace("STORED_SNAPSHOTS", STORED_SNAPSHOTS.strip())


@pytest.mark.parametrize(
    ("encoding", "key"), [("br", "transfer_brotli_bytes"), ("gz", "transfer_gzip_bytes")]
)
def test_the_compressed_files_for_offline_use_are_within_the_budget(site, encoding, key):
    files = sizes.transfer_sizes(site, encoding)
    assert sum(files.values()) <= BUDGET[key], files
    assert len(files) <= BUDGET["files"], files


def test_a_first_and_a_later_visit_are_within_the_budget(visit_log, app, site):
    counted = sizes.transfer_sizes(site, "br")
    large = {path for path, size in counted.items() if size > 10_000 and "-" in path}
    assert len(large) >= 6
    sent = {path: visit_log.bytes_sent[f"/{path}"] for path in large}
    # The server sends each file only once: the service worker gets the files that the page has
    # already downloaded out of the browser's HTTP cache.
    assert sent == {path: counted[path] for path in large}
    assert app.evaluate(SNAPSHOT_BYTES) <= BUDGET["snapshot_bytes"]
    expect_start(app, "restored")
    assert app.evaluate("pyodide._module.HEAP8.length") <= BUDGET["python_memory_bytes"]
    requested = app.evaluate("performance.getEntriesByType('resource').map(({ name }) => name)")
    assert 0 < len(requested) <= BUDGET["start_files"], requested


def test_the_page_scripts_are_within_the_budget(site):
    scripts = [site / "early.js", *(site / "built").glob("*.js")]
    own = [file for file in scripts if file.name != "site.js"]
    assert sum(file.stat().st_size for file in own) <= BUDGET["page_scripts_bytes"]


def test_the_code_that_a_start_compiles_is_within_the_budget(site):
    code = [
        *site.glob("built/pyodide-*/pyodide.asm.wasm"),
        *site.glob("built/onnxruntime-*/*.wasm"),
        *site.glob("built/vendors-*/*.js"),
    ]
    sizes_of = {file.name: file.stat().st_size for file in code}
    assert len(sizes_of) == 3
    assert sum(sizes_of.values()) <= BUDGET["start_code_bytes"], sizes_of
