"""The rules of the code's structure: layers, no import cycles, one boundary to JavaScript.

A layer is a package or module in ORDER. It may import only from itself and from layers listed
before it.
"""

import ast
import re
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import offline_onnx

ROOT = Path(__file__).parents[3]
IMPORT_ROOTS = {"py": ROOT / "py", "model": ROOT, "tools": ROOT, "bench": ROOT}
"""For each folder with code, the folder to which its modules' dotted names are relative."""
PYTHON_ONLY = ("offline_onnx", "digits")
"""Packages that import no JavaScript, except in BOUNDARY."""
BOUNDARY = ("offline_onnx.browser", "digits.page")
"""The packages that import JavaScript."""
ORDER = [
    "offline_onnx.errors",
    "offline_onnx.integrity",
    "offline_onnx.inference",
    "offline_onnx.storage",
    "offline_onnx.onnxruntime_api",
    "offline_onnx.load_arguments",
    "offline_onnx.native",
    "offline_onnx.native_onnxruntime",
    "offline_onnx.native_load",
    "offline_onnx.describe",
    "offline_onnx.browser",
    "offline_onnx.implementation",
    "offline_onnx.inference_session",
    "offline_onnx.loading",
    "offline_onnx.__init__",
    "offline_onnx_runtime",
    "offline_onnx_page.errors",
    "offline_onnx_page.described",
    "offline_onnx_page.site",
    "offline_onnx_page.serving",
    "offline_onnx_page.checks",
    "offline_onnx_page.new",
    "offline_onnx_page.manifests",
    "offline_onnx_page.__init__",
    "offline_onnx.command",
    "offline_onnx.__main__",
    "digits.__init__",
    "digits.median",
    "digits.drawing",
    "digits.picture",
    "digits.reading",
    "digits.writing",
    "digits.arithmetic",
    "digits.history",
    "digits.load_outcome",
    "digits.words",
    "digits.app",
    "digits.sums",
    "digits.pen_rest",
    "digits.actions",
    "digits.teaching",
    "digits.handwriting",
    "digits.facts",
    "digits.page.__init__",
    "digits.page.dom",
    "digits.page.background",
    "digits.page.input",
    "digits.page.device",
    "digits.page.answer",
    "digits.page.panels",
    "digits.page.late_controls",
    "digits.page.main",
    "tools.__init__",
    "tools.console",
    "tools.env",
    "tools.cache",
    "model.__init__",
    "model.writing",
    "model.data",
    "model.training",
    "model.export",
    "model.evaluation",
    "model.report",
    "model.release",
    "tools.lean",
    "tools.site",
    "tools.example",
    "tools.wheels",
    "tools.template_models",
    "tools.gallery",
    "tools.visits",
    "tools.backend",
    "tools.reference",
    "tools.check",
    "bench.__init__",
    "bench.harness",
    "bench.targets",
    "bench.results",
    "bench.app",
    "bench.storage",
    "bench.models",
    "bench.run",
    "tools.commands",
]
"""All layers. A layer may import only from itself and from layers listed before it."""


def modules():
    """Return the modules in IMPORT_ROOTS by dotted name, without templates and page scripts."""
    found = {}
    for top, root in IMPORT_ROOTS.items():
        for file in sorted((root / top if top != "py" else root).rglob("*.py")):
            path = file.relative_to(root)
            if "templates" in path.parts:
                continue
            unlayered = {"page_js", "page_python", "node", "page", "node_modules"}
            if not unlayered & set(path.parts) or top == "py":
                found[".".join(path.with_suffix("").parts)] = file
    return found


MODULES = modules()


def imports(file):
    """Yield the names in all import statements of a file.

    Imports inside functions and under `if TYPE_CHECKING` are included.
    """
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative import"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imported_modules(file):
    """Yield the modules of the project that a file imports. A package counts as its `__init__`."""
    for name in imports(file):
        for module in (name, f"{name}.__init__"):
            if module in MODULES:
                yield module


def layer(module):
    """Return the layer of a module, or None if it is in no layer."""
    return max(
        (each for each in ORDER if module == each or module.startswith(f"{each}.")),
        key=len,
        default=None,
    )


@pytest.mark.parametrize("module", MODULES)
def test_every_module_is_in_a_layer(module):
    assert layer(module), f"{module} is in no layer of ORDER"


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_no_later_layer(module):
    for imported in imported_modules(MODULES[module]):
        assert ORDER.index(layer(imported)) <= ORDER.index(layer(module)), f"{module} -> {imported}"


def test_there_are_no_import_cycles():
    graph = {
        name: set(imported_modules(file)) - {name, f"{name.rpartition('.')[0]}.__init__"}
        for name, file in MODULES.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


@pytest.mark.parametrize("module", [m for m in MODULES if m.startswith(PYTHON_ONLY)])
def test_only_the_boundary_imports_javascript(module):
    if not module.startswith(BOUNDARY):
        found = {name.split(".")[0] for name in imports(MODULES[module])}
        assert not found & {"js", "pyodide", "pyodide_js", "_pyodide"}


@pytest.mark.parametrize("module", [m for m in MODULES if m.startswith("offline_onnx.browser")])
def test_the_library_does_not_import_globals_that_some_worlds_lack(module):
    # A world is a way to run Python in a browser (docs/worlds.md). An import of a missing global
    # would fail; a lookup when the global is used can be handled. A worker has no document. In a
    # worker that was started from a Blob, relative addresses can't be resolved against `location`.
    lacking = {"document", "window", "location", "navigator", "localStorage", "sessionStorage"}
    lacking |= {"indexedDB", "IDBKeyRange", "crypto", "setTimeout", "caches"}
    assert not lacking & {name.removeprefix("js.") for name in imports(MODULES[module])}


@pytest.mark.parametrize("module", [m for m in MODULES if m.startswith("model.")])
def test_the_model_package_imports_no_page_code(module):
    for name in imports(MODULES[module]):
        assert not name.startswith((*BOUNDARY, "digits.app"))


FOLDERS = sorted(
    {file.parent for file in MODULES.values()}
    | {
        file.parent
        for file in (ROOT / "tests").rglob("*.py")
        if not {"page", "node_modules"} & set(file.parts)
    }
)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f.relative_to(ROOT).as_posix())
def test_a_folder_has_at_most_eleven_modules(folder):
    assert len([f for f in folder.glob("*.py") if f.name != "__init__.py"]) <= 11


@pytest.mark.parametrize(
    "folder",
    sorted({file.parent for file in MODULES.values()}),
    ids=lambda f: f.relative_to(ROOT).as_posix(),
)
def test_the_docstring_of_a_package_lists_its_modules(folder):
    if folder == ROOT / "py":
        return
    docstring = ast.get_docstring(ast.parse((folder / "__init__.py").read_text("utf-8"))) or ""
    for inside in folder.iterdir():
        is_package = inside.is_dir() and (inside / "__init__.py").exists()
        if (inside.suffix == ".py" and inside.stem != "__init__") or is_package:
            assert re.search(rf"`{inside.stem}`", docstring), (
                f"{folder.name} does not list {inside.stem}"
            )


def test_the_only_javascript_sources_in_web_are_those_of_the_start():
    outside_built = [f for f in (ROOT / "web").rglob("*") if "built" not in f.parts]
    scripts = {f.name for f in outside_built if f.suffix in {".js", ".mjs"}} - {"service-worker.js"}
    assert scripts == {"early.js"}
    html = (ROOT / "web" / "page.html").read_text("utf-8")
    assert re.findall(r"<script\b[^>]*>(.*?)</script>", html, re.DOTALL) == ["", "", ""]
    assert not re.search(r"\son\w+=|\sstyle=|<style", html)


def test_the_exports_of_the_library_are_sorted_and_have_docstrings():
    assert offline_onnx.__all__ == sorted(offline_onnx.__all__)
    for name in offline_onnx.__all__:
        assert getattr(offline_onnx, name).__doc__, name
