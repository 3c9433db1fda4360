import asyncio

import pytest

from offline_onnx import (
    BadStatus,
    IntegrityError,
    Loader,
    ManifestError,
    ModelUnavailable,
    Origin,
    StoredModel,
    StoreError,
    StoreFull,
    StoreUnavailable,
    Unreachable,
)
from tests.unit.fakes import MemoryStore, Server, ServerSource, digest, manifest_of

OLD, NEW = b"the old model", b"the new model"


def load(store, server):
    return asyncio.run(Loader("digits", store, ServerSource(server), digest).load())


def test_the_first_visit_downloads_and_saves():
    store, server = MemoryStore(), Server(NEW)
    model = load(store, server)
    assert (model.content, model.origin, model.fault) == (NEW, Origin.DOWNLOADED, None)
    assert store.records["digits"].content == NEW
    assert load(store, server).origin is Origin.STORED
    assert server.downloads == 1


def test_the_stored_copy_needs_no_download():
    store, server = MemoryStore(), Server(NEW)
    store.keep(NEW)
    model = load(store, server)
    assert (model.content, model.origin) == (NEW, Origin.STORED)
    assert server.downloads == 0


def test_the_stored_copy_is_enough_without_a_server():
    store = MemoryStore()
    store.keep(OLD)
    model = load(store, Server(NEW, manifest_fault=Unreachable("m.json", "offline")))
    assert (model.content, model.origin) == (OLD, Origin.STORED)


def test_a_newer_version_replaces_the_stored_one():
    store = MemoryStore()
    store.keep(OLD)
    model = load(store, Server(NEW, version="2.0.0"))
    assert (model.content, model.origin, model.manifest.version) == (NEW, Origin.UPDATED, "2.0.0")
    assert store.records["digits"].content == NEW


@pytest.mark.parametrize("fault", [Unreachable("x", "offline"), BadStatus("x", 500)])
def test_a_newer_version_that_does_not_come_leaves_the_stored_one(fault):
    store = MemoryStore()
    store.keep(OLD)
    model = load(store, Server(NEW, content_fault=fault))
    assert (model.content, model.origin, model.fault) == (OLD, Origin.STORED_OLDER, fault)
    assert store.records["digits"].content == OLD


def test_a_newer_version_that_comes_damaged_leaves_the_stored_one():
    store = MemoryStore()
    store.keep(OLD)
    model = load(store, Server(NEW, sends=b"<html>Log in to the hotel's network"))
    assert (model.content, model.origin) == (OLD, Origin.STORED_OLDER)
    assert isinstance(model.fault, IntegrityError)


def test_a_damaged_copy_is_thrown_away_and_fetched_again():
    store = MemoryStore()
    store.keep(b"damaged", manifest_of(NEW))
    model = load(store, Server(NEW))
    assert (model.content, model.origin) == (NEW, Origin.REPAIRED)
    assert isinstance(model.fault, IntegrityError)
    assert store.records["digits"].content == NEW


def test_a_copy_with_a_damaged_manifest_is_fetched_again():
    store = MemoryStore(records={"digits": StoredModel('{"name":', NEW)})
    assert load(store, Server(NEW)).origin is Origin.REPAIRED


def test_a_record_that_is_no_model_is_fetched_again():
    class Odd(MemoryStore):
        async def get(self, name):
            raise IntegrityError("the store", "no model")

    assert load(Odd(), Server(NEW)).origin is Origin.REPAIRED


def test_a_damaged_copy_is_thrown_away_even_without_a_server():
    store = MemoryStore()
    store.keep(b"damaged", manifest_of(NEW))
    with pytest.raises(ModelUnavailable):
        load(store, Server(NEW, manifest_fault=Unreachable("m.json", "offline")))
    assert store.records == {}


def test_a_cache_that_gives_damaged_bytes_is_passed_by():
    store, server = MemoryStore(), Server(NEW, cached=b"damaged")
    assert load(store, server).origin is Origin.DOWNLOADED
    assert store.records["digits"].content == NEW
    assert server.downloads == 2


@pytest.mark.parametrize("fault", [StoreUnavailable("private mode"), StoreError("broken")])
def test_without_a_store_the_model_runs_from_memory(fault):
    model = load(MemoryStore(get_fault=fault, put_fault=fault), Server(NEW))
    assert (model.content, model.origin, model.fault) == (NEW, Origin.NOT_KEPT, fault)


def test_a_store_that_could_not_be_opened_is_not_waited_for_again():
    class Unopened(MemoryStore):
        async def put(self, name, model):
            pytest.fail("asked again")

    fault = StoreUnavailable("no answer")
    assert load(Unopened(get_fault=fault), Server(NEW)).fault is fault


def test_a_full_store_is_told_and_the_model_runs_from_memory():
    full = StoreFull("quota")
    model = load(MemoryStore(put_fault=full), Server(NEW))
    assert (model.content, model.origin, model.fault) == (NEW, Origin.NOT_KEPT, full)


@pytest.mark.parametrize(
    "server",
    [
        Server(NEW, manifest_fault=Unreachable("m.json", "offline")),
        Server(NEW, content_fault=Unreachable("m.onnx", "offline")),
        Server(NEW, content_fault=BadStatus("m.onnx", 404)),
        Server(NEW, manifest_fault=ManifestError("no manifest")),
        Server(NEW, sends=b"<html>"),
    ],
)
def test_only_no_copy_and_no_download_is_an_error(server):
    store = MemoryStore()
    with pytest.raises(ModelUnavailable) as caught:
        load(store, server)
    assert caught.value.__cause__ is not None
    assert str(caught.value.__cause__) in str(caught.value)
    assert store.records == {}
