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

from offline_onnx.inference.manifest import Manifest
from offline_onnx.inference.tensor import STRING, Tensor, tensor_of, values_of
from offline_onnx_page.errors import SiteError
from offline_onnx_page.new.digests import LEFT_OUT, NO_RUNTIME, write_manifest
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
from offline_onnx_page.new.samples import example_for, sample_for
from offline_onnx_page.new.templates import PAGE, Template, filled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from offline_onnx.inference.tensor import TensorSpec

    type Describe = Callable[[Path, Sequence[str], Mapping[str, Any] | None], None]

TEMPLATES = ("plain", "form", "camera", "microphone", "text")
NATIVE = "pip install 'offline-onnx[native]'"
"""The command that installs what a self-test needs."""
_MAX_LABELS = 100
"""Labels with fewer characters than this, together, are repeated in `NewPage.advice`."""


@dataclass(frozen=True)
class NewPage:
    """A folder that was made.

    Attributes:
        folder: the folder.
        template: the name of the template.
        files: the names of the folder's files.
        inputs: the inputs of the model.
        advice: what is missing in the page, such as a self-test, and how to add it; "" if nothing
            is missing.

    """

    folder: Path
    template: str
    files: tuple[str, ...]
    inputs: tuple[TensorSpec, ...]
    advice: str

    @property
    def text(self) -> str:
        """The result for people: the files, the inputs, the advice, and the next command."""
        lines = [f"{self.folder}: {', '.join(self.files)}"]
        lines += [f"input      {spec.name}: {spec}" for spec in self.inputs]
        lines += [self.advice] if self.advice else []
        lines.append(f"Show the page: offline-onnx serve {self.folder}")
        return "\n".join(lines)

    @property
    def data(self) -> dict[str, Any]:
        """The result for programs, as JSON can contain it."""
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
    field_names: Sequence[str] = (),
    title: str | None = None,
    sample: Mapping[str, Any] | None = None,
    self_test: bool = True,
    describe: Describe | None = None,
) -> NewPage:
    """Make the folder of a page that runs a model.

    Args:
        folder: the folder; it must be new or empty.
        template_name: one of TEMPLATES.
        file: the model; None for the template's example.
        labels: the names of the classes; () for those in the model.
        field_names: the names of the values of the only input; () for those in the model's
            metadata.
        title: the page's title; None for the name of the model.
        sample: an input for the self-test, which the page also has at first; None for one that
            suits the model, or random numbers.
        self_test: whether the model's manifest has a self-test.
        describe: writes the manifest of a model beside its file. Takes the file, the labels, and a
            sample for the self-test (None for random numbers); may raise SiteError. None if
            onnxruntime is not installed.

    Raises:
        SiteError: The folder is not empty, the model can't be read or does not fit the template, or
            the labels, field names or sample do not fit the model.

    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise SiteError(f"{folder} exists and is not empty: choose another folder.")
    template = Template(template_name)
    model = read_model(file or template.model, labels, field_names)
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
            advice, first = "", _example_values(template, copied)
        else:
            found = sample_for(template_name, model.inputs, model.outputs, model.categories)
            if self_test and describe:
                attempts = [sample] if sample is not None else [found, None] if found else [None]
                _describe(copied, describe, attempts, file)
            else:
                write_manifest(copied, NO_RUNTIME if self_test else LEFT_OUT)
            advice = "\n".join(_advice(copied, folder / copied.file.name))
            first = _first_values(copied, sample or found)
        _write_page(stage, template, copied, first, title=title, is_example=file is None)
        files = tuple(sorted(each.name for each in stage.iterdir()))
        if folder.exists():
            folder.rmdir()
        stage.replace(folder)
    return NewPage(folder, template_name, files, model.inputs, advice)


def _copy_model(model: GivenModel, folder: Path) -> GivenModel:
    """Copy the files of a model into a folder; return the model there.

    The copy of the `.onnx` file gets a name that manifests and URLs accept.
    """
    stem = re.sub(r"[^\w.-]+", "-", model.file.stem).strip(".-") or "model"
    file = folder / f"{stem}.onnx"
    try:
        shutil.copyfile(model.file, file)
        for each in model.external:
            shutil.copyfile(each, folder / each.name)
    except OSError as error:
        raise SiteError(f"{model.file} can't be copied: {error.strerror}.") from error
    return replace(model, file=file, external=tuple(folder / each.name for each in model.external))


def _describe(
    model: GivenModel,
    describe: Describe,
    samples: Sequence[Mapping[str, Any] | None],
    source: Path,
) -> None:
    """Write the manifest of a model. Its self-test uses the first sample on which the model runs.

    If the model runs on no sample, and the last one is None, there is no self-test.

    Args:
        model: the model, in the page's folder.
        describe: see `make_page`.
        samples: the samples to try; None stands for random numbers. A single one that is not None
            comes from the user.
        source: the model's file that the user gave.

    Raises:
        SiteError: The model does not run on the user's sample.

    """
    reason = ""
    for sample in samples:
        try:
            describe(model.file, model.labels, sample)
        except SiteError as error:
            reason = f"{str(error).removeprefix(f'{model.file}: ').rstrip('.')}."
        else:
            return
    if samples[-1] is not None:
        raise SiteError(f"{source}: {reason} Without --sample, the page is made all the same.")
    write_manifest(model, reason)


def _advice(model: GivenModel, file: Path) -> Iterator[str]:
    """Yield a line for everything that is missing: outputs that are no tensors, the self-test.

    Args:
        model: the model, with its manifest beside it.
        file: the path that the model will have in the finished page.

    """
    for spec in model.outputs:
        if not spec.is_tensor:
            yield (
                f"The output {spec.name!r} is left out: it is {spec.dtype}, and onnxruntime-web "
                "returns only tensors. If the model comes from scikit-learn, convert it again with "
                'options={"zipmap": False}: then the page shows probabilities.'
            )
    reason = _manifest(model).no_self_test
    if not reason or reason == LEFT_OUT:
        return
    start = f"{model.file.stem}.json has no self-test"
    command = f"offline-onnx manifest {quote(str(file))}"
    if model.labels:
        labels = ",".join(model.labels)
        command += f" --labels {quote(labels) if len(labels) < _MAX_LABELS else 'LABELS'}"
    with_sample = f"{_example(model)}, then {command} --sample sample.json"
    if reason != NO_RUNTIME:
        is_failure = reason.startswith("onnxruntime")  # another sample would not help
        remedy = "The page works without one." if is_failure else f"To add one: {with_sample}"
        yield f"{start}: {reason} {remedy}"
    elif any(spec.dtype == STRING for spec in model.inputs):
        yield f"{start}, because onnxruntime is not installed. To add one: {NATIVE}, {with_sample}"
    else:
        yield (
            f"{start}, because onnxruntime is not installed. To add one: {NATIVE}, then {command}"
        )


def _example(model: GivenModel) -> str:
    """Return an instruction: how to write a sample for a model into sample.json."""
    if sum(map(count, model.inputs)) > MAX_FIELDS:
        names = ", ".join(repr(spec.name) for spec in model.inputs)
        return f"write lists of numbers for {names} into sample.json"
    example = _code(example_for(model.inputs, model.categories))
    return f"write an input such as {example} into sample.json"


def _manifest(model: GivenModel) -> Manifest:
    """Return the manifest beside a model's file."""
    return Manifest.parse(model.file.with_suffix(".json").read_text("utf-8"))


def _first_values(model: GivenModel, sample: Mapping[str, Any] | None) -> dict[str, Tensor]:
    """Return the values that the inputs have when a page opens, by the input's name.

    They are those of the self-test, else those of the sample; {} if there is neither.
    """
    test = _manifest(model).self_test
    if test:
        return {spec.name: test.inputs[spec.name].tensor(spec.dtype) for spec in model.inputs}
    return {spec.name: tensor_of(sample[spec.name], spec) for spec in model.inputs if sample}


def _example_values(template: Template, model: GivenModel) -> dict[str, Tensor]:
    """Return the values that the inputs of a template's own model have when the page opens."""
    return {
        spec.name: Tensor(values_of(values, spec.dtype), (1, len(values)), spec.dtype)
        for spec in model.inputs
        if isinstance(values := template.settings["values"].get(spec.name), list)
    }


def _write_page(
    folder: Path,
    template: Template,
    model: GivenModel,
    first: Mapping[str, Tensor],
    *,
    title: str | None,
    is_example: bool,
) -> None:
    """Write the files of a page except for the model and its manifest.

    Args:
        folder: the page's folder.
        template: the template.
        model: the model.
        first: the values that the inputs have when the page opens, by the input's name.
        title: the page's title; None for the default.
        is_example: whether the model is that of the template.

    """
    settings = template.settings
    title = title or (settings["title"] if is_example else _title(model.file.stem))
    flat = {name: list(tensor.values) for name, tensor in first.items()}
    texts = {
        "title": title,
        "lead": settings["lead_for_example" if is_example else "lead_for_own_model"],
        "template": template.name,
        "model": model.file.name,
        "manifest": f"{model.file.stem}.json",
    }
    content = {
        "fields": fields(model.inputs, model.field_names, flat, model.categories),
        "text": escape(settings["values"].get("text", "") if is_example else ""),
    }
    escaped = {name: escape(text) for name, text in texts.items()}
    index = filled(
        (PAGE / "index.html").read_text("utf-8"), {**escaped, "body": template.body(content)}
    )
    (folder / "index.html").write_text(index, "utf-8")
    has_image = any(map(is_image, model.inputs))
    conditions = ["image" if has_image else "no image", "labels" if model.labels else "no labels"]
    main = template.main(
        {**texts, **_constants(template.name, model), "inputs": _inputs(model.inputs, first)},
        conditions,
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
    """Return the constants of main.py, as Python code: names of the model's inputs and outputs."""
    found = roles(template, model.inputs, model.outputs)

    def named(role: Role) -> list[str]:
        return [name for name, each in found.items() if each is role]

    states = {
        spec.name: state_output(spec, model.outputs)
        for spec in model.inputs
        if found[spec.name] is Role.STATE
    }
    answer = model.main_output.name
    if answer in states.values():
        answer = next(
            spec.name
            for spec in model.outputs
            if spec.is_tensor and spec.name not in states.values()
        )
    return {
        "output": _code(answer),
        "outputs": _code([answer]),
        "sound": _code(next(iter(named(Role.SOUND)), "")),
        "text": _code(next(iter(named(Role.TEXT)), "")),
        "states": _code(states),
        "rates": _code(named(Role.RATE)),
        "masks": _code({name: int("mask" in name.lower()) for name in named(Role.MASK)}),
    }


def _code(value: Any) -> str:
    """Return a text, or a list or dict of texts and numbers, as Python code."""
    return json.dumps(value, ensure_ascii=False)


def _inputs(inputs: Sequence[TensorSpec], given: Mapping[str, Tensor]) -> str:
    """Return the model's inputs as Python code, for the template plain.

    They are zeros if none are given, or if there are more than MAX_FIELDS values.
    """
    if sum(map(count, inputs)) > MAX_FIELDS:
        return "{spec.name: spec.blank() for spec in model.get_inputs()}  # zeros: change them"
    values = {spec.name: given.get(spec.name) or spec.blank() for spec in inputs}
    if sum(len(tensor.values) for tensor in values.values()) > MAX_FIELDS:
        values = {spec.name: spec.blank() for spec in inputs}
    lines = [
        f"        {_code(name)}: {_rounded(tensor.tolist())},\n" for name, tensor in values.items()
    ]
    return f"{{\n{''.join(lines)}    }}"


def _rounded(value: Any) -> Any:
    """Return nested lists whose floats are rounded to seven significant digits."""
    if isinstance(value, list):
        return [_rounded(each) for each in value]
    return float(f"{value:.7g}") if isinstance(value, float) else value
