"""The names of execution providers: onnxruntime's, and the shorter ones of onnxruntime-web."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from offline_onnx.errors import ProviderUnavailable

if TYPE_CHECKING:
    from collections.abc import Sequence

    type Providers = Sequence[str | tuple[str, dict[str, Any]]]

CPU, WEBGPU, WEBNN = "CPUExecutionProvider", "WebGpuExecutionProvider", "WebNNExecutionProvider"
"""onnxruntime's names of the execution providers that onnxruntime-web may have."""
_NAMES = {"wasm": CPU, "cpu": CPU, "webgpu": WEBGPU, "webnn": WEBNN}
"""onnxruntime's names, by the names of onnxruntime-web."""


def usable_providers(
    providers: Providers | None, available: Sequence[str]
) -> tuple[list[tuple[str, dict[str, Any]]], list[ProviderUnavailable]]:
    """Return the providers that can be tried, each with its options, and those that can't.

    As in onnxruntime, a provider that is not available is left out with a warning, and whatever no
    other provider can run is run on the CPU, which is the last one.

    Args:
        providers: the wanted providers in order of preference, by onnxruntime's names or by those
            of onnxruntime-web; None for the CPU.
        available: onnxruntime's names of the providers that exist here.

    """
    wanted: dict[str, dict[str, Any]] = {}
    left_out = []
    for provider in providers or ():
        given, options = (provider, {}) if isinstance(provider, str) else provider
        name = _NAMES.get(given, given)
        if name in available:
            wanted.setdefault(name, options)
        else:
            left_out.append(unavailable(given, f"available here: {', '.join(available)}"))
    cpu_options = wanted.pop(CPU, {})
    return [*wanted.items(), (CPU, cpu_options)], left_out


def unavailable(name: str, reason: str) -> ProviderUnavailable:
    """Warn that a provider is left out, and return the warning."""
    error = ProviderUnavailable(name, reason)
    warnings.warn(error.what, stacklevel=2)
    return error
