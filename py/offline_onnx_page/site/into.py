"""Add models and the library to a site that another tool, such as JupyterLite, has built."""

from __future__ import annotations

import json
import math
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from offline_onnx.errors import OfflineModelError
from offline_onnx.inference.manifest import Manifest
from offline_onnx_page.described import require_described
from offline_onnx_page.errors import SiteError
from offline_onnx_page.site.sources import MODEL_SUFFIXES, models_and_manifests

if TYPE_CHECKING:
    from pathlib import Path

    from offline_onnx.inference.tensor import TensorSpec

FOLDER = "offline-onnx"
"""The folder in the site for the models and the wheels."""
CELL = "cell.py"
"""The file with the code of a notebook's cell, to be copied: it loads and runs the first model."""
_MAX_EXAMPLE = 64
"""Maximum number of example values that the cell has for an input. Larger inputs are zeros."""


@dataclass(frozen=True)
class World:
    """A tool that builds sites in which Python runs.

    Attributes:
        title: its name.
        marks: paths in such a site, or texts in its index.html. Each such site has at least one of
            them.
        server: the address of FOLDER, as an expression in Python.
        command: the command that builds such a site.

    """

    title: str
    marks: tuple[str, ...]
    server: str
    command: str


WORLDS = {
    "jupyterlite": World(
        "JupyterLite",
        ("jupyter-lite.json",),
        'str(js.location).partition("/extensions/")[0] + "/offline-onnx/"',
        "jupyter lite build --output-dir OUT",
    ),
    "marimo": World(
        "marimo",
        ("<marimo-wasm",),
        'str(js.location).rpartition("/assets/")[0] + "/offline-onnx/"',
        "marimo export html-wasm NOTEBOOK.py -o OUT",
    ),
    "pyscript": World(
        "PyScript",
        ('type="py"', "type='py'", "type=py>", "<py-script"),
        'str(js.URL.new("offline-onnx/", js.location).href)',
        'write a page with <script type="py">',
    ),
}
"""The tools, by their names on the command line."""


def add_to_site(models: Path, site: Path, world: World, wheels: Path) -> list[Path]:
    """Copy models, their manifests and the wheels into FOLDER in a site, and write CELL there.

    Args:
        models: a folder with models.
        site: the folder of the site.
        world: the tool that has built the site.
        wheels: a folder with the wheels of the library and of its runtime.

    Returns:
        The files that were written. The last is CELL.

    Raises:
        SiteError: The folder has no model, a manifest does not describe the model beside it, or
            the tool has not built the site.

    """
    target = site / FOLDER
    left_out = site if site != models and site.is_relative_to(models) else target
    found = [file for file in models_and_manifests(models) if not file.is_relative_to(left_out)]
    if not any(file.suffix in MODEL_SUFFIXES for file in found):
        raise SiteError(f"{models} has no model: copy an .onnx file there.")
    require_described(found)
    if not _is_built_by(site, world):
        raise SiteError(
            f"{site} is not a site that {world.title} has built: {world.command}, then run this "
            "again with -o OUT."
        )
    libraries = sorted(wheels.glob("*.whl"))
    text = _cell(models, found, world, [wheel.name for wheel in libraries])
    written = []
    for file, path in [
        *((file, file.relative_to(models).as_posix()) for file in found),
        *((wheel, wheel.name) for wheel in libraries),
    ]:
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target / path)
        written.append(target / path)
    cell = target / CELL
    cell.write_text(text, "utf-8")
    return [*written, cell]


def _is_built_by(site: Path, world: World) -> bool:
    index = site / "index.html"
    text = index.read_text("utf-8", errors="replace") if index.is_file() else ""
    return any((site / mark).is_file() or mark in text for mark in world.marks)


def _cell(models: Path, found: list[Path], world: World, wheels: list[str]) -> str:
    """Return Python that installs the wheels, loads the first model and runs it."""
    manifests = [file for file in found if file.suffix == ".json"]
    model = (manifests or found)[0]
    address = f"server + {json.dumps(quote(model.relative_to(models).as_posix()))}"
    lines = [
        "import js",
        "import pyodide_js",
        "",
        f"server = {world.server}",
        f"wheels = {json.dumps(wheels)}",
        "await pyodide_js.loadPackage([server + wheel for wheel in wheels])",
        "",
        "from offline_onnx import load",
        "",
    ]
    if manifests:
        try:
            manifest = Manifest.parse(model.read_text("utf-8"))
        except OfflineModelError as error:
            raise SiteError(f"{model}: {error}") from error
        name = manifest.name
        run = f"outputs = await model.run({_example(manifest)})"
    else:
        name = model.stem
        run = "print(model.manifest.inputs)  # what `await model.run({NAME: VALUES})` takes"
    lines += [f"model = await load({address}, name={_text(name)})  # downloads and stores it"]
    stored = _text(f"indexeddb://{name}")
    lines += [run, "", f"model = await load({stored})  # needs no server", run]
    if manifests:
        # The runtime returns only tensors.
        output = next(spec for spec in manifest.outputs if spec.is_tensor)
        lines.append(f"print(model.origin.value, outputs[{_text(output.name)}].tolist())")
    return "\n".join([*lines, ""])


def _example(manifest: Manifest) -> str:
    """Return a model's inputs as Python: those of the self-test if they are small, else zeros."""
    values = []
    for spec in manifest.inputs:
        test = manifest.self_test
        sample = test.inputs.get(spec.name) if test else None
        if sample is not None and math.prod(sample.shape) <= _MAX_EXAMPLE:
            value = repr(_rounded(sample.tensor(spec.dtype).tolist()))
        else:
            value = _zeros(spec)
        values.append(f"{_text(spec.name)}: {value}")
    return "{" + ", ".join(values) + "}"


def _text(text: str) -> str:
    """Return a text as a literal of Python."""
    return json.dumps(text, ensure_ascii=not text.isprintable())


def _rounded(value: Any) -> Any:
    """Return nested lists in which each float has the 7 digits that a float32 can tell apart."""
    if isinstance(value, list):
        return [_rounded(each) for each in value]
    return float(f"{value:.7g}") if isinstance(value, float) else value


def _zeros(spec: TensorSpec) -> str:
    """Return zeros of the input's shape, as Python; variable dimensions get the size 1."""
    value = {"string": '""', "bool": "False"}.get(spec.dtype, "0")
    for size in reversed(spec.shape or ()):
        count = size if isinstance(size, int) else 1
        value = f"[{value}]" if count == 1 else f"[{value}] * {count}"
    return value
