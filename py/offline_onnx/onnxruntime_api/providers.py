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
    """Choose the providers to try. Warn about each provider that is not available.

    The CPU always comes last, and runs what no other provider can run. (onnxruntime itself lets the
    CPU come first if it is named first, and then uses no other provider.)

    Args:
        providers: the requested providers in order of preference, by onnxruntime's names or by
            those of onnxruntime-web; None for the CPU.
        available: onnxruntime's names of the providers that are available.

    Returns:
        The name and the options of each provider to try, and the warnings.

    """
    wanted: dict[str, dict[str, Any]] = {}
    left_out = []
    for provider in providers or ():
        given, options = (provider, {}) if isinstance(provider, str) else provider
        name = _NAMES.get(given, given)
        if name in available:
            wanted.setdefault(name, options)
        else:
            left_out.append(warn_unavailable(given, f"available here: {', '.join(available)}"))
    cpu_options = wanted.pop(CPU, {})
    return [*wanted.items(), (CPU, cpu_options)], left_out


def warn_unavailable(name: str, reason: str) -> ProviderUnavailable:
    """Warn that a provider is not used, and return the warning."""
    error = ProviderUnavailable(name, reason)
    warnings.warn(error.what, stacklevel=2)
    return error
