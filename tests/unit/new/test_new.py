"""`offline-onnx new`: the folder of a page."""

import importlib
import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from onnx import TensorProto, helper

from offline_onnx import Manifest
from offline_onnx.command import new
from offline_onnx.command.arguments import TEMPLATES as CHOICES
from offline_onnx.command.main import main
from offline_onnx.describe import description
from offline_onnx.inference.tensor import TensorSpec
from offline_onnx_page.errors import SiteError
from offline_onnx_page.new import digests, fields, templates
from offline_onnx_page.new.folder import TEMPLATES, make_page
from tests.support.small_models import (
    classifier,
    identity,
    iris,
    onnx_model,
    with_external_data,
)
from tools.template_models.__main__ import write as write_template_models

ROOT = Path(__file__).parents[3]
DIGITS = ROOT / "model" / "digits.onnx"


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Return a folder with the example page of each template, and a form for a picture."""
    folder = tmp_path_factory.mktemp("pages")
    for template in TEMPLATES:
        make_page(folder / template, template)
    make_page(folder / "picture", "form", DIGITS)
    return folder


@pytest.fixture
def iris_file(tmp_path):
    """Return the file of a small model."""
    file = tmp_path / "models" / "iris.onnx"
    file.parent.mkdir()
    file.write_bytes(iris())
    return file


class Elements(HTMLParser):
    """The elements of an HTML text: `found` has the tag and the attributes of each."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))

    def of(self, tag):
        """Return the attributes of the elements with a tag."""
        return [attributes for each, attributes in self.found if each == tag]


def test_the_command_offers_the_templates_that_exist():
    assert CHOICES == TEMPLATES
    folders = {each.parent.name for each in templates.FOLDER.glob("*/template.json")}
    assert folders == set(TEMPLATES)


@pytest.mark.parametrize("template", [*TEMPLATES, "picture"])
def test_a_page_is_complete(pages, template):
    folder = pages / template
    files = {each.name for each in folder.iterdir()}
    assert {"index.html", "style.css", "main.py", "README.md", "icon.svg"} <= files
    for name in files - {"digits.json"}:
        if not name.endswith(".onnx"):
            assert "{{" not in (folder / name).read_text("utf-8"), name
    (manifest,) = folder.glob("*.json")
    described = Manifest.parse(manifest.read_text("utf-8"))
    model = (folder / described.file).read_bytes()
    assert len(model) == described.size
    assert described.self_test or template == "picture"
    index = (folder / "index.html").read_text("utf-8")
    elements = Elements(index)
    names = re.findall(
        r'\belement\("(\w+)"\)|show\("(\w+)"', (folder / "main.py").read_text("utf-8")
    )
    ids = [attributes["id"] for _, attributes in elements.found if "id" in attributes]
    assert {first or second for first, second in names} <= set(ids)
    assert len(ids) == len(set(ids))
    assert "data-failure" in index
    for command in ("serve .", "bundle .", "verify site"):
        assert f"offline-onnx {command}" in (folder / "README.md").read_text("utf-8")


def test_the_code_of_pages_has_no_undefined_or_unused_names(pages):
    checked = ["--select", "E,F,F841", "--ignore", "F704", "--line-length", "100", "--isolated"]
    ruff = [sys.executable, "-m", "ruff", "check", *checked, *pages.glob("*/main.py")]
    done = subprocess.run(ruff, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert len((pages / "plain" / "main.py").read_text("utf-8").splitlines()) <= 40


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_content_security_policy_of_a_page_is_that_of_the_example(pages, template):
    def policy(folder):
        index = (folder / "index.html").read_text("utf-8")
        return re.search(r'Content-Security-Policy"\s+content="([^"]*)"', index)[1]

    assert policy(pages / template) == policy(ROOT / "examples" / "own_model")
    index = (pages / template / "index.html").read_text("utf-8")
    assert re.findall(r"<script\b[^>]*>(.*?)</script>", index, re.DOTALL) == [""]
    assert not re.search(r"\son\w+=|\sstyle=|<style", index)


def test_the_parts_of_a_page_are_pasted_in_without_their_headings(pages):
    for part in templates.FOLDER.glob("parts/*.py"):
        assert part.read_text("utf-8").startswith(
            f'"""A part of main.py, pasted in for `# {{{{part {part.stem}}}}}`'
        )
    for template in (*TEMPLATES, "picture"):
        main = (pages / template / "main.py").read_text("utf-8")
        assert "def show(" in main
        assert "pasted in" not in main
        index = (pages / template / "index.html").read_text("utf-8")
        assert "<!--" not in index


def test_every_control_has_a_label(pages):
    for template in (*TEMPLATES, "picture"):
        index = (pages / template / "index.html").read_text("utf-8")
        for control in re.finditer(r"<(?:input|textarea)\b", index):
            before = index[: control.start()]
            assert before.rfind("<label") > before.rfind("</label>"), f"{template}: {control}"


def fields_of(spec, **arguments):
    """Return the elements of the fields of one input."""
    return Elements(fields.fields([spec], **arguments))


def test_few_numbers_have_a_field_each_and_many_a_text_area():
    few = fields_of(TensorSpec("features", "float32", ("N", 4)), values={"features": [1.5]})
    assert few.of("fieldset") == [{"data-input": "features", "title": "float32 (N, 4)"}]
    assert [each["value"] for each in few.of("input")] == ["1.5", "0", "0", "0"]
    assert {each["step"] for each in few.of("input")} == {"any"}
    assert len(fields_of(TensorSpec("x", "int64", (1, 32))).of("input")) == 32
    for shape in ((1, 33), ("N", "length"), ("samples",)):
        many = fields_of(TensorSpec("x", "float32", shape))
        assert (len(many.of("input")), len(many.of("textarea"))) == (0, 1)
    assert len(fields_of(TensorSpec("scalar", "float32", None)).of("input")) == 1
    texts = fields.fields([TensorSpec("x", "string", (1, 33))], values={"x": ["<b>", *["a"] * 32]})
    assert "33 texts, one on each line" in texts
    assert "&lt;b&gt;\na\n" in texts


@pytest.mark.parametrize(
    ("dtype", "shape", "kind"),
    [
        ("bool", (1, 2), "checkbox"),
        ("string", ("N", 2), "text"),
        ("uint8", ("N", 2), "number"),
        ("float32", ("N", 3, 224, 224), "file"),
        ("float32", (1, 28, 28, 1), "file"),
        ("uint8", (1, "height", "width", 3), "file"),
    ],
)
def test_the_type_of_a_field_follows_from_that_of_the_input(dtype, shape, kind):
    found = fields_of(TensorSpec("x", dtype, shape)).of("input")
    assert {each["type"] for each in found} == {kind}
    assert len(found) == (1 if kind == "file" else 2)


def test_names_in_a_model_are_escaped():
    text = fields.fields([TensorSpec('<b>&"', "float32", ("N", "<i>"))])
    assert "<b>" not in text
    assert "<i>" not in text
    (fieldset,) = Elements(text).of("fieldset")
    assert fieldset == {"data-input": '<b>&"', "title": "float32 (N, <i>)"}


def run_new(capsys, *arguments):
    """Run `offline-onnx new --json`; return its status and what it printed."""
    status = main(["new", "--json", *map(str, arguments)])
    return status, json.loads(capsys.readouterr().out)


def test_the_command_makes_a_page_for_a_model_with_a_self_test(tmp_path, capsys, iris_file):
    labels = ["--labels", "setosa, versicolor, virginica"]
    status, data = run_new(capsys, tmp_path / "page", "--model", iris_file, *labels)
    assert status == 0
    assert data == {
        "folder": str(tmp_path / "page"),
        "template": "form",
        "files": sorted(
            [
                "README.md",
                "icon.svg",
                "index.html",
                "iris.json",
                "iris.onnx",
                "main.py",
                "style.css",
            ]
        ),
        "inputs": [{"name": "features", "dtype": "float32", "shape": ["N", 4]}],
        "advice": "",
    }
    manifest = Manifest.parse((tmp_path / "page" / "iris.json").read_text("utf-8"))
    assert manifest.self_test
    assert manifest.labels == ("setosa", "versicolor", "virginica")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["models", "page"]


def test_without_onnxruntime_the_manifest_has_no_self_test(
    tmp_path, capsys, iris_file, monkeypatch
):
    made = make_page(tmp_path / "with", "form", iris_file)
    monkeypatch.setitem(sys.modules, "offline_onnx.command.manifest", None)
    importlib.reload(new)
    status, data = run_new(capsys, tmp_path / "page", "--model", iris_file)
    assert status == 0
    command = f"offline-onnx manifest {tmp_path / 'page' / 'iris.onnx'}"
    assert data["advice"].endswith(f"pip install 'offline-onnx[native]', then {command}")
    assert "iris.json has no self-test, because onnxruntime is not installed." in made.text
    text = (tmp_path / "page" / "iris.json").read_text("utf-8")
    manifest = Manifest.parse(text)
    assert manifest.no_self_test == digests.NO_RUNTIME
    monkeypatch.undo()
    run_new(capsys, tmp_path / "native", "--model", iris_file)
    native = Manifest.parse((tmp_path / "native" / "iris.json").read_text("utf-8"))
    for field in ("file", "size", "sha256", "chunk_size", "chunks", "inputs", "outputs"):
        assert getattr(manifest, field) == getattr(native, field)


@pytest.fixture
def rent_file(tmp_path):
    """Return the file of a classifier with strings, as scikit-learn's converter writes it."""
    file = tmp_path / "rent.onnx"
    file.write_bytes(classifier())
    return file


def page_of(folder):
    """Return the elements of a page, the manifest of its model, and its main.py."""
    (manifest,) = folder.glob("*.json")
    index = Elements((folder / "index.html").read_text("utf-8"))
    main_py = (folder / "main.py").read_text("utf-8")
    return index, Manifest.parse(manifest.read_text("utf-8")), main_py


def test_a_page_has_the_classes_and_categories_of_a_model_and_its_self_test_uses_them(
    tmp_path, capsys, rent_file
):
    status, data = run_new(capsys, tmp_path / "page", "--model", rent_file)
    assert (status, data["advice"]) == (0, "")
    index, manifest, _ = page_of(tmp_path / "page")
    assert manifest.labels == ("cheap", "expensive", "medium")
    assert manifest.self_test.inputs["city"].values == ("Wien",)
    assert [each["value"] for each in index.of("option")] == ["Wien", "Porto"]
    assert [each["value"] for each in index.of("input")] == ["1"]
    labels = [each for each in index.of("label") if "data-input" in each]
    assert [each["data-input"] for each in labels] == ["city", "living_area"]
    run_new(capsys, tmp_path / "plain", "--model", rent_file, "--template", "plain")
    assert 'values = outputs["probabilities"].values' in page_of(tmp_path / "plain")[2]


def test_the_fields_begin_with_the_sample_and_have_the_given_names(tmp_path, capsys, iris_file):
    sample = tmp_path / "flower.json"
    sample.write_text('{"features": [[5.1, 3.5, 1.4, 0.2]]}')
    arguments = ["--model", iris_file, "--sample", sample, "--fields", "sepal, its width, b, c"]
    assert run_new(capsys, tmp_path / "page", *arguments)[0] == 0
    index, manifest, _ = page_of(tmp_path / "page")
    assert [each["value"] for each in index.of("input")] == ["5.1", "3.5", "1.4", "0.2"]
    assert index.of("legend") == []
    assert "<label>its width <input" in (tmp_path / "page" / "index.html").read_text("utf-8")
    assert manifest.self_test
    for arguments, message in (
        (
            ["--fields", "a,b"],
            "there are 2 names for 4 values of the input 'features': give --fields",
        ),
        (["--labels", "a,b"], "2 labels, but no output has 2 values: .*float32 \\(N, 3\\)"),
        (["--labels", iris_file], "is no file of labels"),
    ):
        status, data = run_new(capsys, tmp_path / "other", "--model", iris_file, *arguments)
        assert status == 1
        assert re.search(message, data["error"])
    sample.write_text('{"features": [[5.1]]}')
    arguments = ["--model", iris_file, "--sample", sample]
    status, data = run_new(capsys, tmp_path / "other", *arguments)
    assert status == 1
    assert data["error"].startswith(f"{iris_file}: ")


def test_a_page_needs_no_self_test(tmp_path, capsys, rent_file, monkeypatch):
    def fail(file, **_):
        raise SiteError(f"{file}: onnxruntime can't read the model: no locale.")

    monkeypatch.setattr("offline_onnx.command.manifest.write", fail)
    status, data = run_new(capsys, tmp_path / "page", "--model", rent_file)
    reason = "onnxruntime can't read the model: no locale."
    assert status == 0
    assert data["advice"] == f"rent.json has no self-test: {reason} The page works without one."
    index, manifest, _ = page_of(tmp_path / "page")
    assert (manifest.self_test, manifest.no_self_test) == (None, reason)
    assert [each["value"] for each in index.of("input")] == ["1"]
    arguments = ["--model", rent_file, "--no-self-test"]
    status, data = run_new(capsys, tmp_path / "none", *arguments)
    assert (status, data["advice"]) == (0, "")
    assert page_of(tmp_path / "none")[1].no_self_test == digests.LEFT_OUT == description.LEFT_OUT


def test_for_a_text_model_without_a_self_test_the_advice_shows_a_sample(tmp_path, capsys):
    file = tmp_path / "text.onnx"
    file.write_bytes(identity(TensorProto.STRING, ["N", 1]))
    _, data = run_new(capsys, tmp_path / "my page", "--model", file)
    assert data["advice"].endswith(
        'To add one: write an input such as {"x": [["a text"]]} into sample.json, then '
        f"offline-onnx manifest '{tmp_path}/my page/text.onnx' --sample sample.json"
    )


def test_an_output_that_is_left_out_is_named(tmp_path):
    content = onnx_model(
        {"x": (TensorProto.FLOAT, [1])},
        {"y": (TensorProto.FLOAT, [1])},
        helper.make_node("Identity", ["x"], ["y"]),
        helper.make_node("SequenceConstruct", ["x", "x"], ["output_probability"]),
        sequences={"output_probability": (TensorProto.FLOAT, [1])},
    )
    (tmp_path / "zip.onnx").write_bytes(content)
    made = make_page(tmp_path / "page", "form", tmp_path / "zip.onnx")
    assert "'output_probability' is left out: it is seq(tensor(float))" in made.text
    assert 'options={"zipmap": False}' in made.text


def test_external_data_is_copied_and_described(tmp_path):
    content, files = with_external_data(1.0, "weights.bin")
    for name, data in {"big one.onnx": content, **files}.items():
        (tmp_path / name).write_bytes(data)
    made = make_page(tmp_path / "page", "form", tmp_path / "big one.onnx")
    assert {"big-one.onnx", "big-one.json", *files} <= set(made.files)
    manifest = Manifest.parse((tmp_path / "page" / "big-one.json").read_text("utf-8"))
    assert [each.file for each in manifest.external_data] == list(files)


def test_an_empty_folder_is_used_and_a_folder_with_files_is_refused(tmp_path):
    (tmp_path / "page").mkdir()
    make_page(tmp_path / "page", "plain")
    with pytest.raises(SiteError, match="page exists and is not empty: choose another folder"):
        make_page(tmp_path / "page", "plain")
    (tmp_path / "file").touch()
    with pytest.raises(SiteError, match="exists and is not empty"):
        make_page(tmp_path / "file", "plain")


def test_a_model_that_does_not_fit_the_template_is_refused(tmp_path, capsys, iris_file):
    arguments = ["--model", iris_file, "--template", "camera"]
    status, data = run_new(capsys, tmp_path / "page", *arguments)
    assert status == 1
    assert data["error"].endswith(
        "but 'features' is float32 (N, 4). Templates that fit: plain, form."
    )
    assert not (tmp_path / "page").exists()


def test_plain_has_the_values_of_small_inputs_in_its_code(tmp_path):
    content = onnx_model(
        {"a": (TensorProto.FLOAT, ["N", 2]), "b": (TensorProto.BOOL, [1])},
        {"y": (TensorProto.FLOAT, ["N", 2]), "z": (TensorProto.BOOL, [1])},
        helper.make_node("Identity", ["a"], ["y"]),
        helper.make_node("Identity", ["b"], ["z"]),
    )
    (tmp_path / "two.onnx").write_bytes(content)
    make_page(tmp_path / "two", "plain", tmp_path / "two.onnx")
    text = (tmp_path / "two" / "main.py").read_text("utf-8")
    assert '        "a": [[0.0, 0.0]],\n        "b": [False],\n' in text
    (tmp_path / "large.onnx").write_bytes(identity(shape=(1, 100)))
    make_page(tmp_path / "large", "plain", tmp_path / "large.onnx")
    assert "spec.blank()" in (tmp_path / "large" / "main.py").read_text("utf-8")


def test_the_example_models_are_those_that_their_code_writes(tmp_path):
    write_template_models(tmp_path)
    folder = templates.FOLDER / "models"
    assert {each.name for each in folder.iterdir()} == {each.name for each in tmp_path.iterdir()}
    for file in tmp_path.glob("*.onnx"):
        assert file.read_bytes() == (folder / file.name).read_bytes(), (
            "run .venv/bin/python -m tools.template_models"
        )
        assert file.stat().st_size < 8000
