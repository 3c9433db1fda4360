"""Measure models one after another; read the command line."""

from __future__ import annotations

import argparse
import json
import os
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from bench.models import generated, model_list, native, report, visits
from offline_onnx.native import external_files_of
from tools.console import BuildError, say
from tools.env import npm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.models.model_list import Model
    from bench.models.report import Result
    from bench.models.visits import Chromium, Server


def measure(models: Sequence[Model]) -> tuple[list[Result], str]:
    """Measure models; return their results, and the browser's name."""
    visits.build_page()
    chromium, results = visits.Chromium(), []
    try:
        with visits.serving() as server:
            browser = chromium.get().name
            for number, model in enumerate(models, 1):
                say(f"{number} of {len(models)}: {model.name} ...")
                result = _measure(model, chromium, server)
                results.append(result)
                if result.problem or result.failures or result.faults:
                    say(f"  {result.problem or [*result.failures.items(), *result.faults]}")
    finally:
        chromium.close()
    return results, browser


def _measure(model: Model, chromium: Chromium, server: Server) -> Result:
    """Measure one model: natively, then in the browser."""
    result = report.Result(model.name, model.kind, model.source)
    folder = visits.MODELS / model.slug
    try:
        file = generated.obtain(model)
        files = _publish(file, folder)
        published = folder / "model.onnx"
        result.size = sum(each.stat().st_size for each in folder.iterdir())
        run = native.run(model, published)
        result.not_returned = run.not_tensors
    except BuildError as error:
        result.problem = str(error)
        return result
    try:
        manifest, result.why_no_random_self_test = native.describe(published, run.inputs)
        result.has_self_test = manifest.self_test is not None
    except BuildError as error:
        result.why_no_random_self_test = f"there is no manifest: {error}"
    measured = visits.visit(
        chromium,
        server,
        model.slug,
        run.inputs,
        list(run.outputs),
        files=files,
        has_manifest=(folder / "model.json").exists(),
        in_separate_pages=result.size > report.LARGE_SIZE,
    )
    result.add(measured, run.outputs)
    for each in folder.iterdir():
        each.unlink()
    return result


def _publish(file: Path, folder: Path) -> tuple[str, ...]:
    """Hard-link a model (as model.onnx) and its external data into a folder.

    Returns:
        The names of the files with external data.

    """
    folder.mkdir(exist_ok=True)
    files = external_files_of(file.read_bytes())
    os.link(file.resolve(), folder / "model.onnx")
    for name in files:
        os.link((file.parent / name).resolve(), folder / name)
    return files


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure models and print the results.

    If all models of the default list were measured, also write docs/real-models.md.

    Returns:
        1 if a model showed a fault of the library (`Result.faults`), or if the measurement could
        not run at all; else 0. A model that could not be fetched or built, or that native
        onnxruntime can't run, is printed as failed, but does not change the status.

    """
    parser = argparse.ArgumentParser(
        prog="python -m bench.models",
        description="Run real models natively, in plain onnxruntime-web, and through offline_onnx.",
    )
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="NAME",
        help="measure only models whose name contains NAME or whose kind is NAME; may be repeated",
    )
    help_list = "a list of models in the format of bench/models/models.toml, to measure instead"
    parser.add_argument(
        "--list", type=Path, default=model_list.LIST, metavar="FILE", help=help_list
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args(arguments)
    try:
        models = model_list.choose(model_list.read(options.list), options.only)
        npm.install()
        results, browser = measure(models)
    except BuildError as error:
        print(error, file=sys.stderr)
        return 1
    if options.json:
        print(json.dumps([result.as_json() for result in results], indent=1))
    else:
        print(f"{report.table(results)}\n{report.notes(results)}\n{report.summary(results)}")
    if options.list == model_list.LIST and not options.only:
        report.write_page(results, browser, _versions())
    return int(any(result.faults for result in results))


def _versions() -> str:
    """Return the versions of both runtimes."""
    packages = json.loads(npm.LOCK.read_text("utf-8"))["packages"]
    web = packages["node_modules/onnxruntime-web"]["version"]
    return f"onnxruntime-web {web} and native onnxruntime {version('onnxruntime')}"
