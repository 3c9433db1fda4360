"""`offline-onnx manifest`, and the model of the example page."""

import asyncio
import hashlib
import io
import json
import os
import re
import runpy
import subprocess
import sys
import warnings

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from offline_onnx import Manifest
from offline_onnx.command import manifest
from offline_onnx.native import load_model
from offline_onnx.onnxruntime_api.required_versions import MAX_IR_VERSION, MAX_OPSET, RUNTIME
from offline_onnx_page.errors import SiteError
from offline_onnx_page.manifests.with_running import read_sample
from tests.support.small_models import (
    identity,
    iris,
    onnx_model,
    ort_format,
    sevens,
    with_external_data,
)
from tools import example
from tools.env import venv
from tools.lean.library import PACKAGES


def run_command(*arguments, cwd):
    """Run offline-onnx in a folder; return the completed process."""
    return subprocess.run(
        [sys.executable, "-m", "offline_onnx", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(PACKAGES)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def file(tmp_path):
    """Return the file of a small model."""
    file = tmp_path / "iris.onnx"
    file.write_bytes(iris())
    return file


def read_manifest(file):
    """Return the manifest that was written for a model's file."""
    return Manifest.parse(file.with_suffix(".json").read_text("utf-8"))


def test_the_command_writes_the_manifest_and_prints_a_summary(file):
    labels = "setosa, versicolor, virginica"
    done = run_command("manifest", "iris.onnx", "--labels", labels, cwd=file.parent)
    assert done.returncode == 0, done.stderr
    content = file.read_bytes()
    assert read_manifest(file) == Manifest(
        name="iris",
        version="1",
        file="iris.onnx",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        chunk_size=512 << 10,
        chunks=(hashlib.sha256(content).hexdigest(),),
        inputs=read_manifest(file).inputs,
        outputs=read_manifest(file).outputs,
        labels=("setosa", "versicolor", "virginica"),
        self_test=read_manifest(file).self_test,
    )
    assert done.stdout.splitlines() == [
        "iris.json",
        f"iris 1, {len(content)} bytes",
        "input      features: float32 (N, 4)",
        "output     probabilities: float32 (N, 3)",
        "labels     3, from 'setosa' on",
        "chunks     1 of up to 524288 bytes",
        "self-test  one run, repeated on each device before the model is stored",
        "           inputs features (1, 4), tolerance 0.001",
    ]
    assert sorted(path.name for path in file.parent.iterdir()) == ["iris.json", "iris.onnx"]
    asyncio.run(asyncio.run(load_model(file.with_suffix(".json"))).self_test())


def test_the_manifest_has_a_digest_of_each_chunk(file):
    manifest.write(file, chunk_size=100)
    content = file.read_bytes()
    assert read_manifest(file).chunks == tuple(
        hashlib.sha256(content[start : start + 100]).hexdigest()
        for start in range(0, len(content), 100)
    )


def test_the_command_sets_the_name_the_version_and_labels_from_a_file(file):
    (file.parent / "kinds.txt").write_text("Blüte\nzwei, drei\n\nvier\n", "utf-8")
    arguments = ["--name", "which-iris", "--version", "2.1", "--labels", "kinds.txt"]
    done = run_command("manifest", file, *arguments, cwd=file.parent)
    assert done.returncode == 0, done.stderr
    assert read_manifest(file).labels == ("Blüte", "zwei, drei", "vier")
    assert (read_manifest(file).name, read_manifest(file).version) == ("which-iris", "2.1")
    assert read_manifest(file).chunk_size == 512 << 10


def test_a_second_manifest_replaces_the_first(file):
    manifest.write(file)
    file.write_bytes(iris(bias=1.0))
    manifest.write(file, version="2")
    assert read_manifest(file).version == "2"
    assert read_manifest(file).sha256 == hashlib.sha256(file.read_bytes()).hexdigest()


def test_a_model_with_several_integer_inputs_and_free_dimensions_is_described(tmp_path):
    content = onnx_model(
        {"ids": (TensorProto.INT64, ["batch", None]), "mask": (TensorProto.INT64, ["batch", None])},
        {"both": (TensorProto.INT64, ["batch", None]), "any": (TensorProto.BOOL, ["batch", None])},
        helper.make_node("Add", ["ids", "mask"], ["both"]),
        helper.make_node("Cast", ["both"], ["any"], to=TensorProto.BOOL),
    )
    file = tmp_path / "tokens.onnx"
    file.write_bytes(content)
    described = manifest.write(file)
    assert [spec.dtype for spec in described.inputs] == ["int64", "int64"]
    assert [spec.name for spec in described.outputs] == ["both", "any"]
    assert described.outputs[1].dtype == "bool"
    assert all(spec.shape[0] == "batch" for spec in (*described.inputs, *described.outputs))
    assert all(spec.shape[1] == "?" for spec in described.inputs)
    assert described.self_test
    model = asyncio.run(load_model(file.with_suffix(".json")))
    outputs = asyncio.run(model.run({"ids": [[1, 2, 0]], "mask": [[0, 0, 0]]}))
    assert outputs["both"].tolist() == [[1, 2, 0]]
    assert outputs["any"].tolist() == [[1, 1, 0]]


def test_the_command_says_why_there_is_no_self_test(tmp_path):
    file = tmp_path / "seven.onnx"
    file.write_bytes(sevens())
    done = run_command("manifest", "seven.onnx", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    reason, advice = done.stdout.splitlines()[-2:]
    assert re.fullmatch(
        r"self-test  none: The model does not run on random inputs: .*Reshape.*", reason
    )
    assert "--sample or --dimension" in advice
    assert read_manifest(file).no_self_test == reason.removeprefix("self-test  none: ")
    done = run_command("manifest", "seven.onnx", "--dimension", "N=7", cwd=tmp_path)
    assert done.stdout.endswith("           inputs x (7), tolerance 0.001\n")
    assert read_manifest(file).no_self_test == ""


def test_the_command_leaves_the_self_test_out(file):
    done = run_command("manifest", file, "--no-self-test", cwd=file.parent)
    assert done.stdout.endswith("self-test  none: The publisher has left it out.\n")
    assert read_manifest(file).self_test is None


@pytest.mark.parametrize("kind", ["npz", "json"])
def test_the_command_takes_a_sample_and_a_tolerance(file, kind):
    sample = file.with_name(f"flower.{kind}")
    flower = [[5.0, 3.5, 1.5, 0.25], [6.0, 3.0, 4.5, 1.5]]
    if kind == "npz":
        np.savez(sample, features=np.array(flower, np.float32))
    else:
        sample.write_text(json.dumps({"features": flower}), "utf-8")
    arguments = ["--sample", sample, "--tolerance", "0.05"]
    done = run_command("manifest", file, *arguments, cwd=file.parent)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("           inputs features (2, 4), tolerance 0.05\n")
    assert read_manifest(file).self_test.inputs["features"].tensor("float32").tolist() == flower


def test_a_summary_names_the_outputs_that_are_not_compared(tmp_path):
    file = tmp_path / "noisy.onnx"
    content = onnx_model(
        {"x": (TensorProto.FLOAT, [2])},
        {"y": (TensorProto.FLOAT, [2]), "noise": (TensorProto.FLOAT, [2])},
        helper.make_node("Identity", ["x"], ["y"]),
        helper.make_node("RandomNormalLike", ["x"], ["noise"]),
    )
    file.write_bytes(content)
    last = manifest.summary(manifest.write(file)).splitlines()[-1]
    assert (
        last
        == "           not compared: noise (random, empty, not finite, or long or numeric strings)"
    )


def read_back(done, file):
    """Check that the command has succeeded, and return the manifest that it has written."""
    assert done.returncode == 0, done.stderr
    return read_manifest(file)


def test_a_new_manifest_keeps_what_is_not_chosen_anew(file):
    sample = file.with_name("flower.json")
    sample.write_text('{"features": [[5.0, 3.5, 1.5, 0.25]]}', "utf-8")
    options = ["--name", "flowers", "--labels", "a,b,c", "--sample", sample, "--tolerance", "0.05"]
    run_command("manifest", file, *options, cwd=file.parent)
    first = read_manifest(file)
    file.write_bytes(iris(bias=1.0))
    done = run_command("manifest", "iris.onnx", "--version", "2", cwd=file.parent)
    second = read_back(done, file)
    assert done.stderr == (
        "Kept from iris.json: the name flowers, the labels, the self-test's inputs, the tolerance "
        "0.05.\n"
    )
    assert (second.name, second.version, second.labels) == ("flowers", "2", ("a", "b", "c"))
    assert second.self_test.inputs == first.self_test.inputs
    assert second.self_test.outputs != first.self_test.outputs
    assert second.self_test.tolerance == 0.05
    options = ["--name", "iris", "--labels", "", "--dimension", "N=2", "--tolerance", "0.01"]
    third = read_back(run_command("manifest", "iris.onnx", *options, cwd=file.parent), file)
    assert (third.name, third.version, third.labels) == ("iris", "2", ())
    assert third.self_test.inputs["features"].shape == (2, 4)
    assert third.self_test.tolerance == 0.01


@pytest.mark.parametrize("before", [TensorProto.STRING, TensorProto.FLOAT16])
def test_inputs_of_another_dtype_are_replaced_by_random_numbers(file, before):
    file.write_bytes(identity(before, ("N", 100)))
    kept = [["a"] * 100] if before == TensorProto.STRING else [[*range(100)]]
    (file.parent / "sample.json").write_text(json.dumps({"x": kept}), "utf-8")
    run_command("manifest", "iris.onnx", "--sample", "sample.json", cwd=file.parent)
    assert read_manifest(file).self_test
    file.write_bytes(identity(TensorProto.FLOAT, ("N", 100)))
    done = run_command("manifest", "iris.onnx", cwd=file.parent)
    assert "do not suit the model any more" in done.stderr
    assert read_back(done, file).self_test


def test_inputs_that_do_not_suit_the_new_model_are_replaced_by_random_numbers(file):
    manifest.write(file, version="3")
    file.write_bytes(identity())
    done = run_command("manifest", "iris.onnx", cwd=file.parent)
    described = read_back(done, file)
    (first, second) = done.stderr.splitlines()
    assert "do not suit the model any more" in first
    assert second == "Kept from iris.json: the version 3."
    assert (described.version, [*described.self_test.inputs]) == ("3", ["x"])


def test_random_inputs_stay_short_when_they_are_kept(tmp_path):
    file = tmp_path / "picture.onnx"
    content = onnx_model(
        {"x": (TensorProto.FLOAT, [1, 300, 300])},
        {"y": (TensorProto.FLOAT, [1, 300, 300])},
        helper.make_node("Neg", ["x"], ["y"]),
    )
    file.write_bytes(content)
    first = manifest.write(file)
    assert read_back(run_command("manifest", file, cwd=tmp_path), file) == first


def text_model(locale):
    """Return a model that makes texts lower case with a locale."""
    text = (TensorProto.STRING, ["N"])
    options = {"case_change_action": "LOWER", "locale": locale}
    node = helper.make_node("StringNormalizer", ["x"], ["y"], **options)
    return onnx_model({"x": text}, {"y": text}, node)


def test_a_model_that_only_this_machine_can_not_open_has_no_self_test(tmp_path):
    file = tmp_path / "text.onnx"
    file.write_bytes(text_model("xx_YY.UTF-8"))
    done = run_command("manifest", "text.onnx", "--name", "texts", cwd=tmp_path)
    described = read_back(done, file)
    assert described.no_self_test.startswith(
        "onnxruntime can't open the model on this machine: "
        "Failed to construct locale with name:xx_YY.UTF-8"
    )
    assert (described.self_test, described.name) == (None, "texts")
    assert [str(spec) for spec in described.inputs] == ["string (N)"]
    (line,) = done.stderr.splitlines()
    assert line.startswith(
        "text.onnx: no self-test, because onnxruntime can't open the model on this machine: "
    )


WITHOUT_NATIVE = """
import sys

sys.modules["numpy"] = sys.modules["onnxruntime"] = None
from offline_onnx.command.main import main

sys.exit(main(["manifest", *sys.argv[1:]]))
"""


def test_a_manifest_without_a_self_test_needs_no_onnxruntime(file):
    described = manifest.write(file, self_test=False, labels=("a", "b", "c"))
    file.with_suffix(".json").unlink()

    def run(*options):
        return subprocess.run(
            [sys.executable, "-c", WITHOUT_NATIVE, file, *options],
            env={**os.environ, "PYTHONPATH": str(PACKAGES)},
            capture_output=True,
            text=True,
            check=False,
        )

    assert read_back(run("--no-self-test", "--labels", "a,b,c"), file) == described
    done = run()
    assert done.returncode == 1
    assert "pip install 'offline-onnx[native]'" in done.stderr
    file.write_bytes(iris()[:-9])
    done = run("--no-self-test")
    assert done.stderr == (
        f"offline-onnx: {file} is no ONNX file: it is truncated or damaged. Give the file that was "
        "exported as ONNX.\n"
    )
    assert read_manifest(file) == described


def npy_file():
    """Return the bytes of a file with one array, which has no name."""
    file = io.BytesIO()
    np.save(file, np.zeros(3))
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("s.npz", b"no zip", "can't be read as a sample"),
        ("s.npz", b"PK\3\4", "can't be read as a sample"),
        ("s.npz", b"", "can't be read as a sample"),
        ("s.npz", npy_file(), "is no sample"),
        ("s.json", b"{", "can't be read as a sample"),
        ("s.json", b"\xff", "can't be read as a sample"),
        ("s.json", b"[1]", "is no sample"),
        ("s.txt", b"{}", "is no sample"),
    ],
)
def test_a_file_that_is_no_sample_is_refused(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SiteError, match=message):
        read_sample(tmp_path / name)
    with pytest.raises(SiteError, match="No such file"):
        read_sample(tmp_path / "missing.npz")


def test_an_array_of_objects_is_not_unpickled(tmp_path):
    np.savez(tmp_path / "s.npz", x=np.array([object()]), allow_pickle=True)
    with pytest.raises(SiteError, match="can't be read as a sample"):
        read_sample(tmp_path / "s.npz")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--dimension", "N"),
        ("--dimension", "=4"),
        ("--dimension", "N=-1"),
        ("--tolerance", "-1"),
        ("--tolerance", "nan"),
        ("--no-self-test", "--sample", "x.npz"),
    ],
)
def test_wrong_options_are_refused(file, arguments):
    done = run_command("manifest", file, *arguments, cwd=file.parent)
    assert done.returncode == 2
    assert "error: argument --" in done.stderr


def test_a_sample_that_does_not_fit_is_reported_in_one_line(file):
    file.with_name("s.json").write_text('{"x": [1]}', "utf-8")
    done = run_command("manifest", "iris.onnx", "--sample", "s.json", cwd=file.parent)
    assert done.stderr == (
        "offline-onnx: iris.onnx: The model has the inputs 'features'; given: 'x'.\n"
    )


def test_the_command_reports_an_invalid_model_in_one_line(tmp_path):
    (tmp_path / "x.onnx").write_bytes(b"no model at all" * 100)
    done = run_command("manifest", "x.onnx", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("offline-onnx: x.onnx: onnxruntime can't read the model")
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "x.json").exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, r"m\.onnx can't be read: No such file"),
        (b"", r"m\.onnx: onnxruntime can't read the model"),
        (identity(TensorProto.BFLOAT16), "'x' has the type bfloat16"),
        (
            onnx_model(
                {"x": (TensorProto.FLOAT, [3])},
                {"y": (TensorProto.FLOAT, [3])},
                helper.make_node("NoSuchOperator", ["x"], ["y"]),
            ),
            "NoSuchOperator",
        ),
    ],
    ids=["missing", "empty", "bfloat16", "unknown operator"],
)
def test_the_error_of_an_unsupported_model_is_one_line(tmp_path, content, message):
    file = tmp_path / "m.onnx"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SiteError, match=message) as caught:
        manifest.write(file)
    assert "\n" not in str(caught.value)
    assert not file.with_suffix(".json").exists()


def test_a_model_in_the_format_of_onnxruntime_is_described(tmp_path):
    file = tmp_path / "iris.ort"
    file.write_bytes(ort_format(iris()))
    described = manifest.write(file)
    assert (described.name, described.file) == ("iris", "iris.ort")
    assert [str(spec) for spec in described.inputs] == ["float32 (N, 4)"]
    asyncio.run(asyncio.run(load_model(file.with_suffix(".json"))).self_test())


def test_a_model_that_is_too_new_for_the_page_is_described_with_a_warning(tmp_path):
    file = tmp_path / "new.onnx"
    model = onnx.load_from_string(identity())
    model.ir_version = MAX_IR_VERSION + 1
    model.opset_import[0].version = MAX_OPSET + 1
    file.write_bytes(model.SerializeToString())
    done = run_command("manifest", "new.onnx", cwd=tmp_path)
    assert (done.returncode, read_manifest(file).name) == (0, "new")
    needed = f"IR version {MAX_IR_VERSION + 1} (at most {MAX_IR_VERSION}) and opset {MAX_OPSET + 1}"
    assert needed in done.stderr
    with warnings.catch_warnings(action="error"):
        file.write_bytes(identity())
        manifest.write(file)


def test_the_supported_versions_are_those_of_the_onnxruntime_web_that_pages_use():
    packages = json.loads((venv.ROOT / "package.json").read_text("utf-8"))["devDependencies"]
    assert packages["onnxruntime-web"].startswith(RUNTIME.removeprefix("onnxruntime-web "))


def test_external_data_is_described_and_a_missing_file_is_an_error_in_one_line(tmp_path):
    content, external_data = with_external_data(1, "split.data")
    file, data = tmp_path / "split.onnx", tmp_path / "split.data"
    file.write_bytes(content)
    with pytest.raises(SiteError, match=r"split\.data can't be read: No such file"):
        manifest.write(file)
    data.write_bytes(external_data["split.data"])
    described = manifest.write(file)
    assert [each.file for each in described.files] == ["split.onnx", "split.data"]
    assert f"file       split.data, {data.stat().st_size} bytes" in manifest.summary(described)


def test_a_wrong_number_of_labels_and_an_unknown_labels_file_are_errors(file):
    with pytest.raises(SiteError, match=r"iris\.onnx: .*2 labels.*float32 \(N, 3\)"):
        manifest.write(file, labels=["one", "two"])
    with pytest.raises(SiteError, match="neither a file of labels nor a list"):
        manifest.parse_labels("lables.txt")


def test_other_json_files_are_not_overwritten_and_other_suffixes_are_refused(file):
    data = file.with_suffix(".json")
    for other in ("[1, 2]", '{"rows": []}', "no JSON"):
        data.write_text(other, "utf-8")
        with pytest.raises(SiteError, match=r"iris\.json is in the way"):
            manifest.write(file)
        assert data.read_text("utf-8") == other
    with pytest.raises(SiteError, match=r"has to end in \.onnx"):
        manifest.write(file.rename(file.with_suffix(".pb")))


TRAIN_BRIEFLY = """
import sys
import make_model

make_model.SAMPLES, make_model.STEPS = 500, 50
sys.stdout.buffer.write(make_model.to_onnx(make_model.train(int(sys.argv[1]))))
"""


def test_the_same_seed_trains_the_same_model():
    one, two, other = (
        subprocess.run(
            [sys.executable, "-c", TRAIN_BRIEFLY, str(seed)],
            cwd=example.FOLDER,
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed, hash_seed in ((1, "1"), (1, "2"), (2, "1"))
    )
    assert one == two != other


def test_the_example_model_names_95_percent_of_the_colours_in_its_table_correctly(tmp_path):
    script, file = example.FOLDER / "make_model.py", tmp_path / "color.onnx"
    subprocess.run([sys.executable, script, file], check=True)
    names = runpy.run_path(str(script))["EXAMPLES"]
    described = manifest.write(file, labels=list(names), chunk_size=1024)
    assert len(described.chunks) > 3
    model = asyncio.run(load_model(tmp_path / "color.json"))
    table = [(name, colour) for name, part in names.items() for colour in part.split()]
    rgb = [[part / 255 for part in bytes.fromhex(colour)] for _, colour in table]
    outputs = asyncio.run(model.run({"rgb": rgb}))["probabilities"].tolist()
    predicted = [model.labels[max(range(11), key=output.__getitem__)] for output in outputs]
    correct = sum(wanted == found for (wanted, _), found in zip(table, predicted, strict=True))
    assert correct >= 0.95 * len(table)
    assert all(sum(output) == pytest.approx(1, abs=1e-5) for output in outputs)
