"""What is known about a model, line by line: the one in use, and the one stored on this device."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digits.reading.contract import ACCURACY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from digits.words import Words
    from offline_onnx import Model, ModelInfo

type Line = tuple[str, str]
"""What the line is about, as a key of text.json, and what is known."""


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
    if model.origin:
        yield "model_from", words.say(f"model_from_{model.origin.value}")


def stored_model(
    words: Words, stored: ModelInfo | None, when: Callable[[datetime], str]
) -> Iterator[Line]:
    """Yield the lines about the stored model.

    Args:
        words: The page's language.
        stored: The page's own model on this device, None if it is not stored.
        when: Formats a time, "" if the time can't be right.

    """
    if stored is None:
        yield "model_stored", words.say("model_none_stored")
        return
    version, time = stored.manifest.version, when(stored.saved)
    key = "model_since" if time else "model_since_unknown"
    yield "model_stored", words.say(key, version=version, time=time)
    if stored.previous:
        yield "model_previous", stored.previous.version


def storage(
    words: Words, usage: int | None, quota: int | None, *, persistent: bool, locks: bool
) -> Iterator[Line]:
    """Yield the lines about the browser's storage.

    Args:
        words: The page's language.
        usage: Bytes in use, None if the browser does not report it.
        quota: Bytes that may be used, None if the browser does not report it.
        persistent: Whether the browser has promised not to delete them.
        locks: Whether the browser lets tabs wait for each other.

    """
    if usage is not None and quota is not None:
        used = words.say("model_used", used=words.size(usage), granted=words.size(quota))
        yield "model_storage", used
    else:
        yield "model_storage", words.say("model_storage_unknown")
    if not locks:
        yield "model_tabs", words.say("model_no_locks")
    yield "model_persistence", words.say("model_persistent" if persistent else "model_evictable")
