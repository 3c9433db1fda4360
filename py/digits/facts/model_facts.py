"""Facts about the model in use, the stored model and the browser's storage, as lines of text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digits.load_outcome import load_outcome
from digits.reading.contract import ACCURACY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from digits.words import Words
    from offline_onnx import Model
    from offline_onnx.storage.model_store import ModelInfo

type Line = tuple[str, str]
"""The title of a line as a key of text.json, and the text of the line."""


def model_in_use(words: Words, model: Model) -> Iterator[Line]:
    """Yield the lines about the model in use."""
    manifest, accuracy = model.manifest, model.metadata.get(ACCURACY)
    yield "model_version", f"{manifest.name} {manifest.version}"
    yield "model_size", words.size(manifest.size)
    yield "model_digest", manifest.sha256
    if isinstance(accuracy, float) and 0 <= accuracy <= 1:
        yield "model_accuracy", words.say("model_mnist", percent=f"{100 * accuracy:.2f}")
    else:
        yield "model_accuracy", words.say("model_accuracy_unknown")
    yield "model_from", words.say(f"model_from_{load_outcome(model)}")


def stored_model(
    words: Words, stored: ModelInfo | None, format_time: Callable[[datetime], str]
) -> Iterator[Line]:
    """Yield the lines about the stored model.

    Args:
        words: The texts of the page.
        stored: The stored copy of the published model; None if it is not stored.
        format_time: Returns a time as text, "" if the time is impossible.

    """
    if stored is None:
        yield "model_stored", words.say("model_none_stored")
        return
    version, time = stored.manifest.version, format_time(stored.saved)
    key = "model_since" if time else "model_since_unknown"
    yield "model_stored", words.say(key, version=version, time=time)
    if stored.previous:
        yield "model_previous", stored.previous.version


def storage(
    words: Words, usage: int | None, quota: int | None, *, persistent: bool, locks: bool
) -> Iterator[Line]:
    """Yield the lines about the browser's storage.

    Args:
        words: The texts of the page.
        usage: How many bytes are stored, None if the browser does not report it.
        quota: How many bytes can be stored, None if the browser does not report it.
        persistent: Whether the browser has promised not to delete the stored bytes.
        locks: Whether the browser supports Web Locks, so that tabs can wait for each other.

    """
    if usage is not None and quota is not None:
        used = words.say("model_used", used=words.size(usage), granted=words.size(quota))
        yield "model_storage", used
    else:
        yield "model_storage", words.say("model_storage_unknown")
    if not locks:
        yield "model_tabs", words.say("model_no_locks")
    yield "model_persistence", words.say("model_persistent" if persistent else "model_evictable")
