"""The texts of the page in each language, from text.json, and the rules that choose among them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pkgutil import get_data
from typing import TYPE_CHECKING

from digits.load_outcome import load_outcome
from offline_onnx import InputError, ModelUnavailable, OfflineModelError
from offline_onnx.errors import (
    AddressError,
    BadStatus,
    CaptivePortal,
    Evicted,
    IntegrityError,
    ManifestError,
    NotStored,
    OutOfMemory,
    SelfTestFailed,
    SessionError,
    StoreBlocked,
    StoreError,
    StoreFull,
    StoreTooNew,
    StoreUnavailable,
    StoreUnreadable,
    Truncated,
    Unreachable,
    WrongLength,
    WrongType,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digits.arithmetic.notation import Mark
    from digits.reading.recogniser import Reading, UsedExample
    from offline_onnx import Model
    from offline_onnx.storage.model_store import Update

REASONS: dict[type[OfflineModelError], str] = {
    StoreUnavailable: "reason_no_storage",
    StoreTooNew: "reason_too_new",
    StoreBlocked: "reason_blocked",
    StoreFull: "reason_full",
    StoreError: "reason_storage",
    StoreUnreadable: "reason_unreadable",
    Evicted: "reason_evicted",
    Unreachable: "reason_unreachable",
    BadStatus: "reason_status",
    CaptivePortal: "reason_portal",
    WrongType: "reason_type",
    WrongLength: "reason_length",
    Truncated: "reason_cut",
    IntegrityError: "reason_damaged",
    ManifestError: "reason_manifest",
    SessionError: "reason_runtime",
    OutOfMemory: "reason_memory",
    InputError: "reason_input",
    SelfTestFailed: "reason_test",
    NotStored: "reason_not_stored",
    AddressError: "reason_address",
}
"""The key of the text that explains an error, by the error's type."""

TEXTS: dict[str, dict[str, str]] = json.loads(get_data("digits", "text.json") or "")
"""The texts by language, then by key. They may contain {placeholders}."""

UNKNOWN = "—"
"""The text for an unknown amount."""


@dataclass(frozen=True)
class Words:
    """The texts of the page in one language, "en" or "zh"."""

    language: str

    def say(self, key: str, **values: object) -> str:
        """Return the text for a key, with the values filled in."""
        return TEXTS[self.language][key].format(**values)

    @property
    def decimal_mark(self) -> Mark:
        """The decimal mark of the language."""
        return "," if self.say("decimal_mark") == "," else "."

    def origin(self, model: Model) -> str:
        """Return a text about where a model came from, with the reason if it is not stored."""
        return self.say(
            f"origin_{load_outcome(model)}",
            version=model.manifest.version,
            size=f"{model.manifest.size / 1000:.0f}",
            reason=self.reason(model.warning) if model.warning else "",
        )

    def update(self, update: Update) -> str:
        """Return a text about a newer model; "" if there is none, or nothing to say about it."""
        key = f"newer_{update.state.value}"
        if update.manifest is None or key not in TEXTS[self.language]:
            return ""
        return self.say(
            key,
            version=update.manifest.version,
            reason=self.reason(update.error) if update.error else "",
        )

    def doubt(self, readings: Sequence[Reading]) -> str:
        """Return a text about the uncertain symbols of a number, without repetitions.

        If no symbol is uncertain, return a text about the symbols that a taught example decided; ""
        if there are none.
        """
        unsure = [reading for reading in readings if not reading.is_confident]
        if not unsure:
            return self._as_taught(readings)
        guesses = dict.fromkeys(
            self.say("guess", best=reading.label, second=reading.second)
            for reading in unsure
            if not reading.seems_no_symbol
        )
        texts = [self.say("unsure", guesses=" ".join(guesses))] if guesses else []
        no_digits = sum(reading.seems_no_symbol for reading in unsure)
        if no_digits:
            texts.insert(0, self.say("no_digit" if no_digits == len(readings) else "some_no_digit"))
        return " ".join(texts)

    def _as_taught(self, readings: Sequence[Reading]) -> str:
        """Return a text about the symbols that a taught example decided; "" if there are none."""
        labels = [reading.label for reading in readings if reading.is_decided_by_example]
        if not labels:
            return ""
        if len(readings) == 1:
            return self.say("as_taught")
        return self.say("as_taught_of", labels=", ".join(dict.fromkeys(labels)))

    def used_example(self, label: str, example: UsedExample) -> str:
        """Return a text about a taught example with this label that decided the answer."""
        without = example.reading_without
        if without.is_confident:
            return self.say("why_taught", label=label, untaught=without.label)
        if without.seems_no_symbol:
            return self.say("why_taught_no_digit", label=label)
        return self.say("why_taught_unsure", label=label)

    def failure(self, error: BaseException) -> str:
        """Return a text about why reading failed, what still works, and what the user can do."""
        if isinstance(error, ModelUnavailable) and isinstance(error.__cause__, OfflineModelError):
            return self.say("failed_model", reason=self.reason(error.__cause__))
        if isinstance(error, OfflineModelError):
            return self.say("failed_session", detail=error)
        return self.say("failed_bug", detail=repr(error))

    def reason(self, error: OfflineModelError) -> str:
        """Return the reason of an error as a clause that can follow the word "because"."""
        key = next(REASONS[kind] for kind in type(error).mro() if kind in REASONS)
        return self.say(key, status=getattr(error, "status", ""))

    def size(self, count: float | None) -> str:
        """Return a number of bytes as text, for example "4.5 KB". A KB is 1,000 bytes."""
        if count is None:
            return UNKNOWN
        if count < 1e3:
            return self.say("about_bytes", value=f"{count:.0f}")
        for key, unit in (("about_kb", 1e3), ("about_mb", 1e6)):
            if count / unit < 999.5:
                return self.say(key, value=_short(count / unit))
        return self.say("about_gb", value=_short(count / 1e9))

    def duration(self, seconds: float | None) -> str:
        """Return a duration as text, in milliseconds or seconds.

        Browsers round their clocks to 0.1 ms or more, so a short duration may be measured as 0.
        """
        if seconds is None:
            return UNKNOWN
        if seconds >= 0.9995:
            return self.say("about_seconds", value=f"{seconds:.1f}")
        if seconds < 5e-5:
            return self.say("about_shorter")
        return self.say("about_milliseconds", value=_short(seconds * 1e3))


def _short(value: float) -> str:
    """Return a number with one decimal place if it is less than 10, otherwise without any."""
    return f"{value:.1f}" if value < 9.95 else f"{value:,.0f}"
