from datetime import UTC, datetime

import pytest

from digits.facts import model_facts as card
from digits.words import TABLE, Words
from offline_onnx import ModelInfo, Origin
from tests.unit.fakes import CountingSession, manifest_of, model_of

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.mark.parametrize("language", TABLE)
@pytest.mark.parametrize("origin", Origin)
def test_every_line_of_a_model_has_words_and_a_value(language, origin):
    lines = dict(card.of_model(Words(language), model_of(CountingSession(), origin)))
    assert set(lines) <= set(TABLE[language])
    assert lines["model_version"] == "digits 1.0.0"
    assert "99.00 %" in lines["model_accuracy"]
    assert lines["model_digest"] == manifest_of(b"model").sha256
    assert lines["model_from"] == TABLE[language][f"model_from_{origin.value}"]


def test_an_accuracy_that_is_not_told_is_not_made_up():
    model = model_of(CountingSession())
    model.manifest.metadata.clear()
    assert "does not say" in dict(card.of_model(Words("en"), model))["model_accuracy"]


def test_what_is_kept_is_told_with_its_time_and_the_version_before():
    old, new = manifest_of(b"old", "1.0.0"), manifest_of(b"new", "2.0.0")
    say = Words("en"), ModelInfo(new, NOON, 3, 100, old), lambda time: f"{time:%H:%M}"
    assert dict(card.of_kept(*say)) == {
        "model_kept": "Version 2.0.0, since 12:00",
        "model_before": "1.0.0",
    }
    assert list(card.of_kept(Words("en"), None, str)) == [("model_kept", "Nothing")]
    (line, _) = card.of_kept(*say[:2], lambda _: "")
    assert line == (
        "model_kept",
        "Version 2.0.0; since when is not known, as this device's clock is or was wrong",
    )


def test_what_the_browser_does_not_tell_or_lacks_is_said():
    words = Words("en")
    told = dict(card.of_storage(words, 12_400_000, 5_000_000_000, persistent=True, locks=True))
    assert set(told) == {"model_storage", "model_lasting"}
    assert told["model_storage"] == "12 MB in use by this page, of 5.0 GB"
    assert told["model_lasting"].startswith("Yes")
    untold = dict(card.of_storage(words, None, None, persistent=False, locks=False))
    assert untold["model_storage"] == "This browser does not tell how much it keeps for the page"
    assert "tabs can't wait for each other" in untold["model_tabs"]
    assert untold["model_lasting"].startswith("No")
