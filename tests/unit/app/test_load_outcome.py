"""The outcome of loading a model, and the texts about each outcome."""

import pytest

from digits.facts.model_facts import model_in_use
from digits.load_outcome import load_outcome
from digits.words import TEXTS, Words
from offline_onnx import Origin
from offline_onnx.errors import Evicted, IntegrityError, StoreError, StoreFull
from tests.unit.fakes import FakeSession, model_of

DAMAGED = IntegrityError("the store", "a chunk was changed")
MODELS = {
    "stored": (Origin.STORED, None, True),
    "stored_older": (Origin.STORED, DAMAGED, True),
    "downloaded": (Origin.DOWNLOADED, None, True),
    "repaired": (Origin.DOWNLOADED, DAMAGED, True),
    "restored": (Origin.DOWNLOADED, Evicted("digits"), True),
    "not_stored": (Origin.DOWNLOADED, StoreFull("full"), False),
    "file": (Origin.FILE, None, False),
}
"""Origin, warning and `is_stored` of a model for each outcome."""


def model_with(outcome):
    """Return a model whose load had an outcome."""
    origin, warning, is_stored = MODELS[outcome]
    return model_of(FakeSession(), origin, warning, is_stored=is_stored)


@pytest.mark.parametrize("outcome", MODELS)
def test_the_outcome_of_a_load_follows_from_origin_storage_and_warning(outcome):
    assert load_outcome(model_with(outcome)) == outcome


def test_a_store_that_could_not_be_read_but_was_written_is_a_plain_download():
    warning = StoreError("no answer")
    model = model_of(FakeSession(), Origin.DOWNLOADED, warning, is_stored=True)
    assert load_outcome(model) == "downloaded"


@pytest.mark.parametrize("language", TEXTS)
def test_each_outcome_has_its_own_texts(language):
    words = Words(language)
    footers = {words.origin(model_with(outcome)) for outcome in MODELS}
    lines = {dict(model_in_use(words, model_with(outcome)))["model_from"] for outcome in MODELS}
    assert len(footers) == len(lines) == len(MODELS)
