"""The limits of tests/budget.json on the bytes and files of a page load."""

import json

import pytest

from tests.browser.start.test_snapshot import STORED_SNAPSHOTS, started
from tests.browser.support.drawing import reload, wait_for_value
from tools.env.venv import ROOT
from tools.site import sizes

BUDGET = json.loads((ROOT / "tests" / "budget.json").read_text("utf-8"))
SNAPSHOT = """
async () => {
  const [[name, url]] = await (STORED_SNAPSHOTS)();
  return (await (await (await caches.open(name)).match(url)).arrayBuffer()).byteLength;
}
""".replace("STORED_SNAPSHOTS", STORED_SNAPSHOTS.strip())


@pytest.mark.parametrize(
    ("encoding", "key"), [("br", "transfer_brotli_bytes"), ("gz", "transfer_gzip_bytes")]
)
def test_the_files_for_offline_use_fit_the_budget(site, encoding, key):
    files = sizes.transfer_sizes(site, encoding)
    assert sum(files.values()) <= BUDGET[key], files
    assert len(files) <= BUDGET["files"], files


def test_the_bytes_sent_are_the_bytes_counted(visit_until_offline_ready, server, site):
    visit_until_offline_ready()
    counted = sizes.transfer_sizes(site, "br")
    large = {path for path, size in counted.items() if size > 10_000 and "-" in path}
    assert len(large) >= 6
    sent = {path: server.bytes_sent[f"/{path}"] for path in large}
    # The service worker takes files from the browser's cache if the page has downloaded them.
    assert sent == {path: counted[path] for path in large}


def test_our_own_scripts_are_small(site):
    scripts = [site / "boot.js", *(site / "built").glob("*.js")]
    own = [file for file in scripts if file.name != "site.js"]
    assert sum(file.stat().st_size for file in own) <= BUDGET["page_scripts_bytes"]


def test_a_start_compiles_little_code(site):
    code = [
        *site.glob("built/pyodide-*/pyodide.asm.*"),
        *site.glob("built/onnxruntime-*/*.wasm"),
    ]
    sizes_of = {file.name: file.stat().st_size for file in code if file.suffix in (".wasm", ".mjs")}
    assert len(sizes_of) == 3
    assert sum(sizes_of.values()) <= BUDGET["start_code_bytes"], sizes_of


def test_a_start_asks_for_few_files_and_python_takes_little_memory(visit_until_offline_ready):
    page = visit_until_offline_ready()
    wait_for_value(lambda: len(page.evaluate(STORED_SNAPSHOTS)), 1)
    assert page.evaluate(SNAPSHOT) <= BUDGET["snapshot_bytes"]
    reload(page)
    started(page, "restored")
    assert page.evaluate("pyodide._module.HEAP8.length") <= BUDGET["python_memory_bytes"]
    asked = page.evaluate("performance.getEntriesByType('resource').map(({ name }) => name)")
    assert 0 < len(asked) <= BUDGET["start_files"], asked
