"""The parts of `bench.models` that need no browser. tests/commands/test_models.py runs it whole."""

import hashlib
import io
import json
import tarfile
import zipfile

import numpy as np
import pytest

from bench.models import compare, generated, inputs, model_list, native, packages, report
from bench.models.model_list import Model
from bench.models.visits import PLAIN, STORED, WAYS, Visits, WebRun
from offline_onnx.inference.tensor import TensorSpec
from tests.support.small_models import iris
from tools.console import BuildError


def model(tmp_path, **changes):
    """Return a model of a list in `tmp_path`."""
    fields = {
        "name": "Iris, small",
        "kind": "trees",
        "source": "file",
        "path": "iris.onnx",
        "sha256": "",
        "inputs": {"features": {"make": "normal", "shape": [2, 4]}},
        "outputs": (),
        "folder": tmp_path,
    }
    return Model(**{**fields, **changes})


def test_the_list_has_models_of_the_main_kinds():
    models = model_list.read(model_list.LIST)
    assert len({each.slug for each in models}) == len(models) > 40
    assert {"speech", "OCR", "detection", "text", "trees", "large"} <= {m.kind for m in models}
    assert {m.name for m in models if "Silero" in m.name} == {
        m.name for m in model_list.choose(models, ["silero"])
    }
    assert {m.kind for m in model_list.choose(models, ["trees", "music"])} == {"trees", "music"}
    with pytest.raises(BuildError, match="nothing like it"):
        model_list.choose(models, ["nothing like it"])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is no list"),
        ('[[model]]\nname = "a"', "'kind'"),
        ('[model]\nname = "a"', "is no list"),
        ('[[model]]\nname="a"\nkind="b"\nsource="conda:c"\npath="d"', "unknown source"),
        ('[[model]]\nname="a"\nkind="b"\nsource="pypi:c==1"\npath="d"', "needs its SHA-256"),
    ],
)
def test_a_wrong_list_is_refused(tmp_path, text, reason):
    (tmp_path / "list.toml").write_text(text, "utf-8")
    with pytest.raises(BuildError, match=reason):
        model_list.read(tmp_path / "list.toml")


@pytest.mark.parametrize("entry", model_list.read(model_list.LIST), ids=lambda entry: entry.slug)
def test_inputs_can_be_made_and_are_the_same_each_time(entry):
    types = {"texts": "string", "integers": "int64"}
    specs = {
        name: TensorSpec(name, types.get(how["make"], "float32"), None)
        for name, how in entry.inputs.items()
    }
    made, again = inputs.make(entry, specs), inputs.make(entry, specs)
    assert compare.is_identical(made, again)
    for name, how in entry.inputs.items():
        assert list(made[name].shape) == how["shape"]
    with pytest.raises(BuildError, match="has the inputs"):
        inputs.make(entry, {})


def test_differences_are_the_largest_absolute_and_relative_ones_or_a_problem():
    expected = {"y": np.array([1.0, -4.0, np.nan], np.float32), "label": np.array(["a", "b"])}
    found = {"y": np.array([1.0, -3.0, np.nan], np.float32), "label": np.array(["a", "c"])}
    assert compare.differences(expected, expected) == {
        "y": compare.Difference(),
        "label": compare.Difference(),
    }
    assert compare.differences(expected, found) == {
        "y": compare.Difference(1.0, 0.25),
        "label": compare.Difference(1.0, 0.5),
    }
    other = {"y": np.array([np.nan, 0, 0], np.float32), "label": np.array(["a"])}
    problems = [each.problem for each in compare.differences(expected, other).values()]
    assert problems == ["has NaN or infinity in other places", "has the shape (1,), not (2,)"]
    assert compare.differences(expected, {})["y"].problem == "missing"


@pytest.fixture
def archives(tmp_path, monkeypatch):
    """Put packages with a file into the folder of downloads; return the SHA-256 of the file."""
    monkeypatch.setattr(packages, "_ARCHIVES", tmp_path / "packages")
    monkeypatch.setattr(packages, "_FILES", tmp_path / "files")
    wheel, archive = (tmp_path / "packages" / name for name in ("a==1", "b-c@2"))
    wheel.mkdir(parents=True)
    archive.mkdir()
    with zipfile.ZipFile(wheel / "a-1.whl", "w") as opened:
        opened.writestr("a/m.onnx", b"content")
    listed = json.dumps({"/m": {"chunks": [{"hash": "1"}, {"hash": "2"}]}}).encode()
    with tarfile.open(archive / "b-c-2.tgz", "w:gz") as opened:
        for name, content in (("2", b"tent"), ("1", b"con"), ("list.json", listed)):
            member = tarfile.TarInfo(f"package/dist/{name}")
            member.size = len(content)
            opened.addfile(member, io.BytesIO(content))
    return hashlib.sha256(b"content").hexdigest()


@pytest.mark.parametrize(
    ("source", "path"), [("pypi:a==1", "a/m.onnx"), ("npm:@b/c@2", "dist/list.json#/m")]
)
def test_files_are_extracted_and_verified(tmp_path, archives, source, path):
    entry = model(tmp_path, source=source, path=path, sha256=archives)
    assert packages.file_of(entry).read_bytes() == b"content"
    with pytest.raises(BuildError, match=f"has the SHA-256 {archives}"):
        packages.file_of(model(tmp_path, source=source, path=path, sha256="0"))
    wrong = model(tmp_path, name="other", source="pypi:a==1", path="a/x.onnx", sha256=archives)
    with pytest.raises(BuildError, match=r"does not contain a/x\.onnx"):
        packages.file_of(wrong)


def test_a_model_beside_its_list_is_run_natively(tmp_path):
    (tmp_path / "iris.onnx").write_bytes(iris())
    file = packages.file_of(model(tmp_path))
    found = native.run(model(tmp_path), file)
    assert found.outputs["probabilities"].shape == (2, 3)
    manifest, reason = native.describe(file, found.inputs)
    assert (manifest.self_test is not None, reason) == (True, "")
    with pytest.raises(BuildError, match="has the inputs features"):
        native.run(model(tmp_path, inputs={}), file)
    with pytest.raises(BuildError, match="is missing"):
        packages.file_of(model(tmp_path, path="other.onnx"))


def test_the_large_model_has_its_weights_in_several_files(tmp_path, monkeypatch):
    monkeypatch.setattr(generated, "WORK", tmp_path)
    file = generated.large_model(width=8, files=2, layers=3)
    assert sorted(each.name for each in file.parent.iterdir()) == [
        "large.0.bin",
        "large.1.bin",
        "large.onnx",
    ]
    assert generated.large_model(width=8, files=2, layers=3) == file
    wide = {"x": {"make": "normal", "shape": [2, 8]}}
    outputs = native.run(model(tmp_path, name="Large", inputs=wide), file).outputs
    assert 0.01 < np.abs(outputs["y"]).max() < 100
    full = generated.FILES * generated.LAYERS * 4 * generated.WIDTH**2
    assert full > report.LARGE_SIZE


def web_run(values, **changes):
    outputs = {"y": np.array(values, np.float32)}
    return WebRun(load_s=1.0, run_s=0.5, outputs=outputs, memory=1 << 20, **changes)


def test_the_report_has_the_times_of_models_that_work_and_the_faults_of_others(
    tmp_path, monkeypatch
):
    good = report.Result("A", "text", "pypi:a==1", size=2_000_000, has_self_test=True)
    good.add(Visits({way: web_run([1, 2]) for way in WAYS}), {"y": np.array([1, 2], np.float32)})
    bad = report.Result("B", "text", "pypi:a==1", why_no_random_self_test="strings")
    bad.add(Visits({PLAIN: web_run([1])}, {STORED: "why"}), {"y": np.array([1], np.float32)})
    other = report.Result("C", "text", "npm:c@1")
    other.add(
        Visits({way: web_run([1 if way == PLAIN else 2]) for way in WAYS}),
        {"y": np.array([1], np.float32)},
    )
    assert (good.works, good.faults, good.ratio(STORED)) == (True, [], 1.0)
    assert (bad.works, bad.faults) == (False, ["stored: why"])
    assert "stored: other outputs" in other.faults
    monkeypatch.setattr(report, "PAGE", tmp_path / "page.md")
    report.write_page([good, bad, other], "Chromium 1", "both versions")
    text = report.PAGE.read_text("utf-8")
    assert "| A | text | 2.00 | 1.50 | 1.50 | 1.00 \N{MULTIPLICATION SIGN} |" in text
    assert "- B: stored: why" in text
    assert "- B: strings" in text
    assert "- `pypi:a==1`: A; B" in text
    assert "2 of 3 models" in text
    assert good.as_json()["ratios"][STORED] == 1.0
