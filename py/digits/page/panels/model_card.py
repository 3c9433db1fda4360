"""What the panel of the model shows: its lines, and which buttons there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from js import document, navigator

from digits.facts.model_facts import model_in_use, storage, stored_model
from digits.page.dom import child, date_writer, element, write
from offline_onnx import Origin, StoreError
from offline_onnx.browser import storage_info

if TYPE_CHECKING:
    from digits.facts.model_facts import Line
    from digits.page.device.own_model import OwnModel
    from digits.words import Words
    from offline_onnx import Model, ModelInfo


class ModelCard:
    """Shows the model that reads, what is kept of the page's own, and the storage."""

    def __init__(self, words: Words, own: OwnModel) -> None:
        self._words = words
        self._own = own
        self._date = date_writer()

    async def show(self, model: Model | None) -> None:
        """Show what is true now. model: the one that reads, if one does."""
        words = self._words
        try:
            kept = await self._own.kept()
        except StoreError:
            kept = None  # the line on where the model came from tells why
        state = await storage_info()
        lines = [
            *(model_in_use(words, model) if model else ()),
            *stored_model(words, kept, lambda time: self._date(time.timestamp())),
            *storage(
                words,
                state.usage,
                state.quota,
                persistent=state.persistent,
                locks=bool(getattr(navigator, "locks", None)),
            ),
        ]
        element("model-facts").replaceChildren(*map(self._row, lines))
        self._offer("model-use", self._to_use(model, kept))
        previous = kept.previous if kept else None
        self._offer(
            "model-back", words.say("model_use", version=previous.version) if previous else ""
        )
        for name in ("model-look", "model-remove"):
            element(name).hidden = not kept

    def _to_use(self, model: Model | None, kept: ModelInfo | None) -> str:
        """Name what loading the page's own model would change; "" for nothing."""
        if model and model.origin is Origin.GIVEN:
            return self._words.say("model_own")
        if kept is None:
            return self._words.say("model_store_again")
        if model is None or kept.manifest.sha256 != model.manifest.sha256:
            return self._words.say("model_use", version=kept.manifest.version)
        return ""

    def _offer(self, name: str, words: str) -> None:
        element(name).hidden = not words
        write(element(name), words)

    def _row(self, line: Line) -> Any:
        js_row = document.createElement("div")
        child(js_row, "dt", self._words.say(line[0]))
        child(js_row, "dd", line[1])
        if line[0] == "model_digest":
            js_row.className = "digest"
        return js_row
