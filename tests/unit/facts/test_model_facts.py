"""The lines of text about the model in use, the stored model and the browser's storage."""

from datetime import UTC, datetime

import pytest

from digits.facts.model_facts import model_in_use, storage, stored_model
from digits.words import TEXTS, Words
from offline_onnx.storage.model_store import ModelInfo
from tests.unit.fakes import FakeSession, manifest_of, model_of

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.mark.parametrize("language", TEXTS)
def test_each_line_about_the_model_in_use_has_a_title_and_a_text(language):
    lines = dict(model_in_use(Words(language), model_of(FakeSession())))
    assert set(lines) <= set(TEXTS[language])
    assert lines["model_version"] == "digits 1.0.0"
    assert "99.00%" in lines["model_accuracy"]
    assert lines["model_digest"] == manifest_of(b"model").sha256
    assert lines["model_from"] == TEXTS[language]["model_from_stored"]


def test_a_missing_accuracy_is_reported_as_unknown():
    model = model_of(FakeSession())
    model.manifest.metadata.clear()
    assert "does not say" in dict(model_in_use(Words("en"), model))["model_accuracy"]


def test_the_lines_about_the_stored_model_show_its_time_and_the_previous_version():
    old, new = manifest_of(b"old", "1.0.0"), manifest_of(b"new", "2.0.0")
    words, stored = Words("en"), ModelInfo(new, NOON, 3, 100, old)
    assert dict(stored_model(words, stored, lambda time: f"{time:%H:%M}")) == {
        "model_stored": "Version 2.0.0, since 12:00",
        "model_previous": "1.0.0",
    }
    assert list(stored_model(words, None, str)) == [("model_stored", "Nothing")]
    (line, _) = stored_model(words, stored, lambda _: "")
    assert line == (
        "model_stored",
        "Version 2.0.0, since an unknown time: this device's clock is or was wrong",
    )


def test_storage_lines_name_unknown_amounts_and_missing_locks():
    words = Words("en")
    known = dict(storage(words, 12_400_000, 5_000_000_000, persistent=True, locks=True))
    assert set(known) == {"model_storage", "model_persistence"}
    assert known["model_storage"] == "12 MB in use by this page, of 5.0 GB"
    assert known["model_persistence"].startswith("Yes")
    unknown = dict(storage(words, None, None, persistent=False, locks=False))
    assert unknown["model_storage"] == "This browser does not say how much it stores for the page"
    assert "tabs can't wait for each other" in unknown["model_tabs"]
    assert unknown["model_persistence"].startswith("No")
