"""Classify how a model was loaded, to choose the text that the page shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from offline_onnx import Origin
from offline_onnx.errors import Evicted, StoreError

if TYPE_CHECKING:
    from offline_onnx import Model


def load_outcome(model: Model) -> str:
    """Return how a model was loaded: a word that some keys of text.json end with.

    Returns:
        "stored": The stored copy was opened; nothing was downloaded.
        "stored_older": The previous version was opened, because the current one can't be used.
        "downloaded": The model was downloaded and stored.
        "repaired": The stored copy could not be used; a download has replaced it.
        "restored": The browser had deleted the stored copy; the model was downloaded again.
        "not_stored": The model was downloaded but could not be stored.
        "file": The user chose a file; it is not stored.

    """
    if model.origin is Origin.STORED:
        return "stored_older" if model.warning else "stored"
    if model.origin is Origin.FILE:
        return "file"
    if not model.is_stored:
        return "not_stored"
    if isinstance(model.warning, Evicted):
        return "restored"
    if model.warning is None or isinstance(model.warning, StoreError):
        return "downloaded"
    return "repaired"
