"""The arguments of `load`, which it passes to the implementation for a browser or for CPython."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from offline_onnx.integrity import Progress
    from offline_onnx.onnxruntime_api.options import SessionOptions
    from offline_onnx.onnxruntime_api.providers import Providers
    from offline_onnx.storage.model_store import Update


@dataclass(frozen=True, kw_only=True)
class LoadArguments:
    """The arguments of `offline_onnx.load`, which describes them."""

    name: str | None
    sha256: str
    only_if_stored: bool
    refresh: bool
    options: SessionOptions | None
    providers: Providers | None
    runtime: Any
    base: str | None
    headers: Mapping[str, str] | None
    credentials: str
    progress: Progress
    on_update: Callable[[Update], None]
