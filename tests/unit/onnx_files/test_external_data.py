"""Models whose weights are in further files: manifest, download, storage, native runtime."""

import asyncio
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper

from offline_onnx import Manifest, ModelUnavailable, Origin, load
from offline_onnx.describe import describe
from offline_onnx.errors import ExternalDataMissing, IntegrityError, ManifestError, Unreachable
from offline_onnx.native import NativeMemory, NativeSession, external_files_of, load_model
from offline_onnx.storage.model_store import ModelStore, UpdateState
from tests.support.small_models import external_tensor, onnx_model, with_external_data
from tests.unit.fakes import CHUNK, FakeRuntime, FakeSource, MemoryStore, sha256, was_repaired

MODEL = b"the model"
WEIGHTS = {"a.data": b"weights of a", "b.data": b"weights, of b"}
ALL = MODEL + b"".join(WEIGHTS.values())
"""The bytes of all files of the model, one file after the other."""


def source_of(weights=WEIGHTS, **options):
    return FakeSource(MODEL, external_data=dict(weights), **options)


def model_store(store):
    return ModelStore(store, NativeMemory(), FakeRuntime())


def load_from(store, source):
    return asyncio.run(model_store(store).load("digits", source))


def store_with_model():
    """Return a store that contains the model."""
    store = MemoryStore()
    load_from(store, source_of())
    return store


def test_all_files_are_downloaded_verified_and_stored_as_one_version():
    store, source = MemoryStore(), source_of()
    for origin in (Origin.DOWNLOADED, Origin.STORED):
        model = load_from(store, source)
        assert (model.origin, model.session.content) == (origin, MODEL)
        assert model.session.external_data == WEIGHTS
    assert store.stored() == ALL
    assert list(store.versions) == [("digits", source.published.model_sha256)]
    assert len(source.requests) == 3
    (info,) = asyncio.run(model_store(store).list()).values()
    assert info.size == len(ALL)


def test_interrupted_download_resumes_in_the_middle_of_a_file():
    store = MemoryStore()

    class GoesAway(FakeSource):
        async def open(self, manifest, first, *, validator="", fresh=False):
            if len(self.requests) == 2:
                raise Unreachable("a.data", "offline")
            self.cut_at = 6 if self.requests else None
            return await super().open(manifest, first, validator=validator, fresh=fresh)

    with pytest.raises(ModelUnavailable):
        load_from(store, GoesAway(MODEL, external_data=WEIGHTS))
    assert store.files == {}
    source = source_of()
    assert load_from(store, source).session.external_data == WEIGHTS
    # The model has 3 chunks. The first chunk of a.data is stored, so its second one is the fifth.
    assert source.requests == [(4, "tag", False), (6, "", False)]
    assert source.bytes_sent == len(ALL) - len(MODEL) - CHUNK


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_files_of_any_size_arrive_whole_if_the_connection_breaks_anywhere(data):
    files = data.draw(st.lists(st.binary(min_size=1, max_size=20), min_size=1, max_size=4))
    model, weights = files[0], {f"{i}.data": content for i, content in enumerate(files[1:])}
    source = FakeSource(model, external_data=weights, cut_at=data.draw(st.integers(4, 60)))
    store = MemoryStore()
    for _ in range(2):
        opened = load_from(store, source).session
        assert (opened.content, opened.external_data) == (model, weights)


def test_damaged_weights_are_not_opened():
    store = store_with_model()
    store.files["digits", store.stored_heads["digits"].current][-1] ^= 1
    model = load_from(store, source_of())
    assert was_repaired(model)
    assert model.session.external_data == WEIGHTS
    with pytest.raises(ModelUnavailable, match=re.escape("b.data is damaged")):
        load_from(MemoryStore(), source_of(sends=ALL[:-1] + b"!"))


def test_other_weights_are_a_newer_version_to_which_a_rollback_is_possible():
    store = store_with_model()
    newer = source_of({**WEIGHTS, "b.data": b"newer weights"}, version="2.0.0")
    update = asyncio.run(model_store(store).update("digits", newer))
    assert update.state is UpdateState.READY
    assert load_from(store, newer).session.external_data["b.data"] == b"newer weights"
    manifest = asyncio.run(model_store(store).rollback("digits"))
    assert manifest == source_of().published
    assert load_from(store, newer).session.external_data == WEIGHTS


def test_a_model_is_copied_and_moved_with_its_weights():
    store = store_with_model()

    async def copy_and_move():
        models = model_store(store)
        await models.copy(models.stored_source("digits"), "copy")
        await models.move("copy", "moved")
        return await models.load_stored("moved")

    assert asyncio.run(copy_and_move()).session.external_data == WEIGHTS
    assert store.stored("moved") == ALL
    assert {name for name, _ in store.files} == {"digits", "moved"}


def test_a_source_that_ends_before_the_last_file_is_an_error():
    class OneFile(FakeSource):
        async def open(self, manifest, first, *, validator="", fresh=False):
            download = await super().open(manifest, 0, validator=validator, fresh=fresh)
            return replace(download, first=0)

    with pytest.raises(ModelUnavailable, match=re.escape("a.data ended at 0 of 12 bytes")):
        load_from(MemoryStore(), OneFile(MODEL, external_data=WEIGHTS))


def test_a_manifest_lists_all_files_and_is_refused_if_their_fields_are_wrong():
    manifest = source_of().published
    text = manifest.to_json()
    assert Manifest.parse(text) == manifest
    assert [file.file for file in manifest.files] == ["digits.onnx", *WEIGHTS]
    assert manifest.total_size == len(ALL)
    digests = [sha256(content) for content in (MODEL, *WEIGHTS.values())]
    assert manifest.model_sha256 == sha256("".join(digests).encode())
    spans = [manifest.digests.span(index) for index in range(manifest.digests.count)]
    assert [sha256(ALL[start:stop]) for start, stop in spans] == list(manifest.digests.digests)
    for wrong in (
        text.replace('"a.data"', '"b.data"'),
        text.replace('"a.data"', '"../a.data"'),
        text.replace('"size": 12', '"size": 13'),
    ):
        with pytest.raises(ManifestError):
            Manifest.parse(wrong)
    alone = FakeSource(MODEL).published
    assert "external_data" not in alone.to_json()
    assert alone.model_sha256 == sha256(MODEL)


def test_a_model_with_external_data_is_described_and_runs_on_cpython(tmp_path):
    content, weights = with_external_data(2.5, "adder.data")
    with pytest.raises(ExternalDataMissing, match=re.escape("adder.data")):
        NativeSession(content)
    manifest = asyncio.run(
        describe(content, name="adder", version="1", file="adder.onnx", external_data=weights)
    )
    assert manifest.self_test
    (tmp_path / "adder.onnx").write_bytes(content)
    (tmp_path / "adder.data").write_bytes(weights["adder.data"])
    (tmp_path / "adder.json").write_text(manifest.to_json(), "utf-8")
    progress = []
    for name in ("adder.json", "adder.onnx"):
        model = asyncio.run(load(tmp_path / name, progress=lambda *call: progress.append(call)))
        assert model.manifest.model_sha256 == manifest.model_sha256
        assert asyncio.run(model.run({"x": [[1, 2]]}))["y"].tolist() == [[3.5, 4.5]]
        assert progress[-1] == (manifest.total_size,) * 2
    pinned = asyncio.run(load(tmp_path / "adder.onnx", sha256=manifest.model_sha256))
    assert pinned.manifest.external_data
    (tmp_path / "adder.data").write_bytes(bytes(len(weights["adder.data"])))
    with pytest.raises(IntegrityError, match=re.escape("adder.data")):
        asyncio.run(load_model(tmp_path / "adder.json"))
    with pytest.raises(IntegrityError):
        asyncio.run(load(tmp_path / "adder.onnx", sha256=manifest.model_sha256))


def test_external_files_are_found_in_weights_constants_and_subgraphs():
    spec = (TensorProto.FLOAT, [2])
    constant = helper.make_node("Constant", [], ["c"], value=external_tensor("c", "constant.data"))
    out = helper.make_tensor_value_info("z", *spec)
    body = helper.make_graph(
        [helper.make_node("Identity", ["inner"], ["z"])],
        "body",
        [],
        [out],
        [external_tensor("inner", "./inner.data")],
    )
    condition = helper.make_tensor("if", TensorProto.BOOL, [], [True])
    content = onnx_model(
        {"x": spec},
        {"y": spec},
        constant,
        helper.make_node("If", ["if"], ["chosen"], then_branch=body, else_branch=body),
        helper.make_node("Add", ["x", "chosen"], ["y"]),
        weights=[condition, external_tensor("a", "a.data"), external_tensor("b", "a.data")],
    )
    assert external_files_of(content) == ("constant.data", "inner.data", "a.data")
    assert external_files_of(content[: len(content) // 2]) in ((), ("constant.data",))
    assert external_files_of(b"ORTM" * 3) == ()


@pytest.mark.parametrize("location", ["../a.data", "/etc/passwd", "folder/a.data"])
def test_weights_outside_of_the_models_folder_or_in_a_subfolder_are_refused(location):
    spec = (TensorProto.FLOAT, [2])
    node = helper.make_node("Add", ["x", "a"], ["y"])
    content = onnx_model({"x": spec}, {"y": spec}, node, weights=[external_tensor("a", location)])
    with pytest.raises(ExternalDataMissing, match="is not a file in the model's folder"):
        external_files_of(content)
