"""The texts of the page: complete in both languages, and one for each error."""

import re
import string

import pytest

from digits.reading.recogniser import Reading, UsedExample
from digits.words import REASONS, TEXTS, Words
from offline_onnx import ModelUnavailable, errors
from offline_onnx.errors import BadStatus, IntegrityError, SessionError, StoreFull
from offline_onnx.storage.model_store import Update, UpdateState
from tests.unit.fakes import manifest_of
from tools.site.bundle import BOOT_PREFIXES, WEB
from tools.site.page import TEMPLATE
from tools.site.parts import SCRIPTS

LANGUAGES = ("en", "zh")


def placeholders(text):
    """Return the names of the placeholders in a text."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_have_the_same_keys_and_placeholders():
    english, chinese = (TEXTS[language] for language in LANGUAGES)
    assert list(english) == list(chinese)
    for key, text in english.items():
        assert text
        assert chinese[key]
        assert placeholders(text) == placeholders(chinese[key]), key


def test_every_key_in_the_page_and_in_its_scripts_has_a_text():
    page = (WEB / TEMPLATE).read_text("utf-8")
    boot = (SCRIPTS / "boot.js").read_text("utf-8")
    early = (WEB / "early.js").read_text("utf-8")
    in_page = set(re.findall(r'data-(?:text|label|content)="(\w+)"', page))
    shown_early = set(re.findall(r'"(failed_\w+|language_\w+)"', early))
    assert len(shown_early) == 9
    assert shown_early <= set(re.findall(r'id="(\w+)" data-text="\1"', page))
    in_boot = set(re.findall(r'(?:say|step|fail)\("(\w+)"', boot))
    in_boot |= set(re.findall(r"\bwords\.(\w+)", boot))
    assert len(in_boot) > 5
    assert all(key.startswith(BOOT_PREFIXES) for key in in_boot)
    assert in_page | shown_early | in_boot <= set(TEXTS["en"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_state_of_an_update_has_its_own_text_unless_the_model_is_current(language):
    words, newer = Words(language), manifest_of(b"m", "2.0.0")
    texts = {state: words.update(Update(state, newer, StoreFull("full"))) for state in UpdateState}
    assert texts.pop(UpdateState.CURRENT) == ""
    assert len(set(texts.values())) == len(texts)
    assert all("2.0.0" in text for text in texts.values())
    assert words.update(Update(UpdateState.FAILED, None, StoreFull("full"))) == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_error_has_a_reason_of_its_own_or_of_its_base_class(language):
    assert len(
        {Words(language).say(key) for key in REASONS.values() if key != "reason_status"}
    ) == (len(REASONS) - 1)
    for name, value in vars(errors).items():
        is_error = isinstance(value, type) and issubclass(value, Exception)
        is_leaf = is_error and not value.__subclasses__()
        has_reason = is_error and not REASONS.keys().isdisjoint(value.mro())
        assert not is_leaf or value is ModelUnavailable or has_reason, name


def test_the_text_of_a_failure_contains_the_reason_and_the_remedy():
    words = Words("en")
    error = ModelUnavailable(BadStatus("x", 503))
    error.__cause__ = BadStatus("x", 503)
    assert "status 503" in words.failure(error)
    assert "try again" in words.failure(error)
    assert "can't open" in words.failure(SessionError("The runtime can't open the model."))
    assert "ZeroDivisionError" in words.failure(ZeroDivisionError("oops"))
    assert "damaged" in words.reason(IntegrityError("x", "short"))


def reading(label, second, confidence, is_digit=1.0, used_example=None):
    """Return a reading whose threshold is 0.5."""
    return Reading(label, confidence, (), is_digit, (), second, 0.5, used_example)


SURE = reading("7", "1", 0.9)
UNSURE = reading("8", "2", 0.4)
"""A digit, but the model is not sure which one."""
SPIRAL = reading("8", "2", 0.2, is_digit=0.3)
"""A drawing that is probably no digit."""


@pytest.mark.parametrize(
    ("readings", "text"),
    [
        ([], ""),
        ([SURE, SURE], ""),
        ([SURE, UNSURE], "Not sure: 8 or 2?"),
        ([UNSURE, UNSURE, reading("1", "7", 0.4)], "Not sure: 8 or 2? 1 or 7?"),
        ([SPIRAL, SPIRAL, SPIRAL], "This doesn't look like a digit or sign."),
        ([SURE, SPIRAL, SPIRAL], "Not all of this looks like digits and signs."),
        ([SPIRAL, UNSURE], "Not all of this looks like digits and signs. Not sure: 8 or 2?"),
        ([reading("3", "8", 0.9, used_example=UsedExample(1, SURE))], "As you taught it"),
        ([SURE, reading("3", "8", 0.9, used_example=UsedExample(1, SURE))], "3: as you taught it"),
        ([reading("7", "8", 0.9, used_example=UsedExample(1, SURE))], ""),
        ([UNSURE, reading("3", "8", 0.9, used_example=UsedExample(1, SURE))], "Not sure: 8 or 2?"),
    ],
)
def test_the_text_says_each_doubt_once_or_which_digits_an_example_decided(readings, text):
    assert Words("en").doubt(readings) == text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_text_about_a_taught_example_says_what_the_answer_would_be_without_it(language):
    words = Words(language)
    assert "7" in words.used_example("3", UsedExample(1, SURE))
    for without, key in ((UNSURE, "why_taught_unsure"), (SPIRAL, "why_taught_no_digit")):
        assert words.used_example("3", UsedExample(1, without)) == words.say(key, label="3")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_buttons_of_the_page_have_the_same_name(language):
    page = (WEB / TEMPLATE).read_text("utf-8")
    buttons = re.findall(r"<button[^>]*>", page)
    keys = [re.search(r'data-label="(\w+)"', each) or re.search(r'data-text="(\w+)"', each)
            for each in buttons]  # fmt: skip
    names = [TEXTS[language][key[1]] for key in keys if key]
    assert len(names) > 30
    assert len(set(names)) == len(names)
