"""Make the folder of a page."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass, replace
from html import escape
from shlex import quote
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from offline_onnx_page.errors import SiteError
from offline_onnx_page.new.digests import write_manifest
from offline_onnx_page.new.fields import MAX_FIELDS, fields
from offline_onnx_page.new.given_model import GivenModel, read_model
from offline_onnx_page.new.roles import (
    Role,
    count,
    is_image,
    reason_against,
    roles,
    state_output,
)
from offline_onnx_page.new.samples import sample_for
from offline_onnx_page.new.templates import PAGE, Template, filled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from offline_onnx.inference.tensor import TensorSpec

    type Describe = Callable[[Path, Sequence[str], Mapping[str, Any] | None], None]

TEMPLATES = ("plain", "form", "camera", "microphone", "text")
NATIVE = "pip install 'offline-onnx[native]'"
"""The command that installs what a self-test needs."""
_MAX_LABELS = 100
"""A list of at least this many characters of labels is not repeated in `NewPage.advice`."""


@dataclass(frozen=True)
class NewPage:
    """A folder that was made.

    Attributes:
        folder: the folder.
        template: the name of the template.
        files: the names of its files.
        inputs: the inputs of the model.
        advice: how the page's manifest gets a self-test; "" if it has one.

    """

    folder: Path
    template: str
    files: tuple[str, ...]
    inputs: tuple[TensorSpec, ...]
    advice: str

    @property
    def text(self) -> str:
        """What was made, as lines for people."""
        lines = [f"{self.folder}: {', '.join(self.files)}"]
        lines += [f"input      {spec.name}: {spec}" for spec in self.inputs]
        lines += [self.advice] if self.advice else []
        lines.append(f"Show the page: offline-onnx serve {self.folder}")
        return "\n".join(lines)

    @property
    def data(self) -> dict[str, Any]:
        """What was made, for programs."""
        return {
            "folder": str(self.folder),
            "template": self.template,
            "files": list(self.files),
            "inputs": [
                {"name": spec.name, "dtype": spec.dtype, "shape": spec.shape}
                for spec in self.inputs
            ],
            "advice": self.advice,
        }


def make_page(
    folder: Path,
    template_name: str,
    file: Path | None = None,
    *,
    labels: Sequence[str] = (),
    title: str | None = None,
    describe: Describe | None = None,
) -> NewPage:
    """Make the folder of a page that runs a model.

    Args:
        folder: the folder; it must not exist, or be empty.
        template_name: one of TEMPLATES.
        file: the model; None for the template's example.
        labels: the names of the classes; () for those in the model's metadata.
        title: the page's title; None for the name of the model.
        describe: writes the manifest of a model beside its file, given the file, the labels, and a
            sample for the self-test, or None for random numbers; raises SiteError. None if
            onnxruntime is not installed.

    Raises:
        SiteError: The folder is not empty, or the model can't be read or does not fit the template.

    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise SiteError(f"{folder} exists and is not empty: choose another folder.")
    template = Template(template_name)
    model = read_model(file or template.model, labels)
    if reason := reason_against(template_name, model.inputs, model.outputs):
        others = [
            each for each in TEMPLATES if not reason_against(each, model.inputs, model.outputs)
        ]
        raise SiteError(f"{model.file}: {reason}. Templates that fit: {', '.join(others)}.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as temporary:
        stage = folder.parent / temporary / "page"
        stage.mkdir()
        copied = _copy_model(model, stage)
        if file is None:
            shutil.copy(template.model.with_suffix(".json"), stage)
            advice = ""
        else:
            advice = _describe(template_name, copied, describe, folder)
        _write_page(stage, template, copied, title=title, is_example=file is None)
        names = tuple(sorted(each.name for each in stage.iterdir()))
        if folder.exists():
            folder.rmdir()
        stage.replace(folder)
    return NewPage(folder, template_name, names, model.inputs, advice)


def _copy_model(model: GivenModel, folder: Path) -> GivenModel:
    """Copy the files of a model; give its file a name that manifests and URLs accept."""
    stem = re.sub(r"[^\w.-]+", "-", model.file.stem).strip(".-") or "model"
    file = folder / f"{stem}.onnx"
    try:
        shutil.copyfile(model.file, file)
        for each in model.external:
            shutil.copyfile(each, folder / each.name)
    except OSError as error:
        raise SiteError(f"{model.file} can't be copied: {error.strerror}.") from error
    return replace(model, file=file, external=tuple(folder / each.name for each in model.external))


def _describe(template: str, model: GivenModel, describe: Describe | None, folder: Path) -> str:
    """Write the manifest of a model; return how it gets a self-test, or ""."""
    command = f"offline-onnx manifest {quote(str(folder / model.file.name))}"
    if model.labels:
        labels = ",".join(model.labels)
        command += f" --labels {quote(labels) if len(labels) < _MAX_LABELS else 'LABELS'}"
    if describe is None:
        write_manifest(model)
        return (
            f"{model.file.stem}.json has no self-test, because onnxruntime is not installed. To "
            f"add one: {NATIVE}, then {command}"
        )
    try:
        describe(model.file, model.labels, sample_for(template, model.inputs, model.outputs))
    except SiteError:  # the model can't run on the sample, but perhaps on random numbers
        describe(model.file, model.labels, None)
    raw = json.loads(model.file.with_suffix(".json").read_text("utf-8"))
    if reason := raw.get("no_self_test"):
        return (
            f"{model.file.stem}.json has no self-test: {reason} To add one: {command} --sample FILE"
        )
    return ""


def _write_page(
    folder: Path, template: Template, model: GivenModel, *, title: str | None, is_example: bool
) -> None:
    settings = template.settings
    title = title or (settings["title"] if is_example else _title(model.file.stem))
    first = settings["values"] if is_example else {}
    texts = {
        "title": title,
        "lead": settings["lead" if is_example else "own_lead"],
        "template": template.name,
        "model": model.file.name,
        "manifest": f"{model.file.stem}.json",
    }
    content = {
        "fields": fields(model.inputs, model.features, first),
        "text": escape(first.get("text", "")),
    }
    body = filled(template.read("body.html").rstrip(), content)
    escaped = {name: escape(text) for name, text in texts.items()}
    index = filled((PAGE / "index.html").read_text("utf-8"), {**escaped, "body": body})
    (folder / "index.html").write_text(index, "utf-8")
    has_image = any(map(is_image, model.inputs))
    main = template.main(
        {**texts, **_constants(template.name, model), "inputs": _inputs(model.inputs, first)},
        ["image"] if has_image else ["no image"],
    )
    (folder / "main.py").write_text(main, "utf-8")
    readme = filled((PAGE / "README.md").read_text("utf-8"), texts)
    (folder / "README.md").write_text(readme, "utf-8")
    for file in (PAGE / "style.css", PAGE / "icon.svg", *template.further_files):
        shutil.copyfile(file, folder / file.name)


def _title(stem: str) -> str:
    """Return a title for a page from the name of its model."""
    words = re.sub(r"[_\W]+", " ", stem).strip()
    return f"{words[:1].upper()}{words[1:]}" or "A model"


def _constants(template: str, model: GivenModel) -> dict[str, str]:
    """Return the names of a model's inputs as Python code, for the constants of main.py."""
    found = roles(template, model.inputs, model.outputs)

    def named(role: Role) -> list[str]:
        return [name for name, each in found.items() if each is role]

    states = {
        spec.name: state_output(spec, model.outputs)
        for spec in model.inputs
        if found[spec.name] is Role.STATE
    }
    shown = [
        spec.name for spec in model.outputs if spec.is_tensor and spec.name not in states.values()
    ]
    return {
        "outputs": _code(shown[:1]),
        "sound": _code(next(iter(named(Role.SOUND)), "")),
        "text": _code(next(iter(named(Role.TEXT)), "")),
        "states": _code(states),
        "rates": _code(named(Role.RATE)),
        "masks": _code({name: int("mask" in name.lower()) for name in named(Role.MASK)}),
    }


def _code(value: Any) -> str:
    """Return a text, or a list or dict of texts and numbers, as Python code."""
    return json.dumps(value, ensure_ascii=False)


def _inputs(inputs: Sequence[TensorSpec], values: Mapping[str, Sequence[Any]]) -> str:
    """Return the values of a model's inputs as Python code, for the template plain."""
    if sum(map(count, inputs)) > MAX_FIELDS:
        return "{spec.name: spec.blank() for spec in model.get_inputs()}  # zeros: change them"
    lines = []
    for spec in inputs:
        flat = values.get(spec.name)
        nested = [list(flat)] if flat else spec.blank().tolist()
        lines.append(f"        {_code(spec.name)}: {nested},\n")
    return f"{{\n{''.join(lines)}    }}"
