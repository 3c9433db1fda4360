import re
import string

import pytest

import offline_onnx
from digits.words import REASONS, TABLE, Words
from offline_onnx import (
    BadStatus,
    IntegrityError,
    ModelUnavailable,
    Origin,
    SessionError,
    StoreFull,
    Update,
    UpdateState,
)
from tests.unit.fakes import CountingSession, manifest_of, model_of
from tools.site.bundle import WEB

LANGUAGES = ("en", "zh")


def placeholders(words):
    return {name for _, name, _, _ in string.Formatter().parse(words) if name}


def test_both_languages_have_the_same_keys_and_placeholders():
    english, chinese = (TABLE[language] for language in LANGUAGES)
    assert list(english) == list(chinese)
    for key, words in english.items():
        assert words
        assert chinese[key]
        assert placeholders(words) == placeholders(chinese[key]), key


def test_every_text_that_the_page_and_the_boot_script_use_is_in_the_table():
    page = (WEB / "index.html").read_text("utf-8")
    boot = (WEB / "boot.js").read_text("utf-8")
    used = set(re.findall(r'data-(?:text|label)="(\w+)"', page))
    used |= set(re.findall(r'(?:say|step|[fF]ail\w*)\("(\w+)"', boot))
    used |= set(re.findall(r"\bwords\.(\w+)", boot))
    assert len(used) > 10
    assert used <= set(TABLE["en"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_origin_has_its_own_text(language):
    lines = {
        Words(language).origin(model_of(CountingSession(), origin, StoreFull("full")), origin)
        for origin in Origin
    }
    assert len(lines) == len(Origin)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_newer_model_is_reported_unless_there_is_none(language):
    words, newer = Words(language), manifest_of(b"m", "2.0.0")
    lines = {state: words.update(Update(state, newer, StoreFull("full"))) for state in UpdateState}
    assert lines.pop(UpdateState.CURRENT) == ""
    assert len(set(lines.values())) == len(lines)
    assert all("2.0.0" in line for line in lines.values())
    assert words.update(Update(UpdateState.FAILED, None, StoreFull("full"))) == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_error_has_its_own_reason(language):
    assert len(
        {Words(language).say(key) for key in REASONS.values() if key != "reason_status"}
    ) == (len(REASONS) - 1)
    for name in offline_onnx.__all__:
        kind = getattr(offline_onnx, name)
        leaf = isinstance(kind, type) and issubclass(kind, Exception) and not kind.__subclasses__()
        assert not leaf or kind is ModelUnavailable or kind in REASONS, name


def test_a_failure_says_why_and_what_to_do():
    words = Words("en")
    error = ModelUnavailable(BadStatus("x", 503))
    error.__cause__ = BadStatus("x", 503)
    assert "status 503" in words.failure(error)
    assert "try again" in words.failure(error)
    assert "can't open" in words.failure(SessionError("The runtime can't open the model."))
    assert "ZeroDivisionError" in words.failure(ZeroDivisionError("oops"))
    assert "damaged" in words.reason(IntegrityError("x", "short"))
