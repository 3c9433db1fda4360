"""What is known of a model, line by line: of the one that reads, and of what is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digits.amounts import size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from digits.words import Words
    from offline_onnx import Model, ModelInfo

type Line = tuple[str, str]
"""What it is, as a key of text.json, and what is known of it."""

ACCURACY = "mnist_test_accuracy"
"""What a model's metadata calls the part of MNIST's test images that it reads, in 0..1."""


def of_model(words: Words, model: Model) -> Iterator[Line]:
    """Tell of the model that reads."""
    manifest, accuracy = model.manifest, model.metadata.get(ACCURACY)
    yield "model_version", f"{manifest.name} {manifest.version}"
    yield "model_size", size(manifest.size, words)
    yield "model_digest", manifest.sha256
    if isinstance(accuracy, float) and 0 <= accuracy <= 1:
        yield "model_accuracy", words.say("model_mnist", percent=f"{100 * accuracy:.2f}")
    else:
        yield "model_accuracy", words.say("model_untold")
    if model.origin:
        yield "model_from", words.say(f"model_from_{model.origin.value}")


def of_kept(
    words: Words, kept: ModelInfo | None, when: Callable[[datetime], str]
) -> Iterator[Line]:
    """Tell what is kept of the page's own model. when: writes a time, "" for one that can't be."""
    if kept is None:
        yield "model_kept", words.say("model_not_kept")
        return
    version, time = kept.manifest.version, when(kept.saved)
    key = "model_since" if time else "model_since_untold"
    yield "model_kept", words.say(key, version=version, time=time)
    if kept.previous:
        yield "model_before", kept.previous.version


def of_storage(
    words: Words, usage: int | None, quota: int | None, *, persistent: bool, locks: bool
) -> Iterator[Line]:
    """Tell what the browser grants the page: bytes in use and granted, None if it does not tell.

    locks: whether tabs can wait for each other.
    """
    if usage is not None and quota is not None:
        used = words.say("model_used", used=size(usage, words), granted=size(quota, words))
        yield "model_storage", used
    else:
        yield "model_storage", words.say("model_storage_untold")
    if not locks:
        yield "model_tabs", words.say("model_no_locks")
    yield "model_lasting", words.say("model_persistent" if persistent else "model_evictable")
