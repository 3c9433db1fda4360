"""What the page says: one table, text.json, with a column for each language."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from offline_onnx import (
    AddressError,
    BadStatus,
    CaptivePortal,
    Evicted,
    InputError,
    IntegrityError,
    ManifestError,
    ModelUnavailable,
    NotStored,
    OfflineModelError,
    SelfTestFailed,
    SessionError,
    StoreBlocked,
    StoreError,
    StoreFull,
    StoreUnavailable,
    Truncated,
    Unreachable,
    WrongLength,
    WrongType,
)

if TYPE_CHECKING:
    from offline_onnx import Model, Origin, Update

REASONS: dict[type[OfflineModelError], str] = {
    StoreUnavailable: "reason_no_storage",
    StoreBlocked: "reason_blocked",
    StoreFull: "reason_full",
    StoreError: "reason_storage",
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
    InputError: "reason_input",
    SelfTestFailed: "reason_test",
    NotStored: "reason_not_stored",
    AddressError: "reason_address",
}


TABLE: dict[str, dict[str, str]] = json.loads(
    files("digits").joinpath("text.json").read_text("utf-8")
)
"""Language, then key, then words with {placeholders}; read once, when the page is put together."""


@dataclass(frozen=True)
class Words:
    """The page's words in one language, "en" or "zh"."""

    language: str

    def say(self, key: str, **values: object) -> str:
        """Give the words for a key, with the values put in."""
        return TABLE[self.language][key].format(**values)

    def origin(self, model: Model, origin: Origin) -> str:
        """Tell where the model came from, and why it is not kept if it is not."""
        return self.say(
            f"origin_{origin.value}",
            version=model.manifest.version,
            size=f"{model.manifest.size / 1000:.0f}",
            reason=self.reason(model.warning) if model.warning else "",
        )

    def update(self, update: Update) -> str:
        """Tell of a newer model; "" if there is none, or none that is known of."""
        key = f"newer_{update.state.value}"
        if update.manifest is None or key not in TABLE[self.language]:
            return ""
        return self.say(
            key,
            version=update.manifest.version,
            reason=self.reason(update.error) if update.error else "",
        )

    def failure(self, error: BaseException) -> str:
        """Tell why there is no reading, what still works, and what to do."""
        if isinstance(error, ModelUnavailable) and isinstance(error.__cause__, OfflineModelError):
            return self.say("failed_model", reason=self.reason(error.__cause__))
        if isinstance(error, OfflineModelError):
            return self.say("failed_session", detail=error)
        return self.say("failed_bug", detail=repr(error))

    def reason(self, error: OfflineModelError) -> str:
        """Give the cause as a part of a sentence."""
        key = next(REASONS[kind] for kind in type(error).mro() if kind in REASONS)
        return self.say(key, status=getattr(error, "status", ""))
