"""The names of execution providers: onnxruntime's, and the shorter ones of onnxruntime-web."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    type Providers = Sequence[str | tuple[str, dict[str, Any]]]

CPU, WEBGPU, WEBNN = "CPUExecutionProvider", "WebGpuExecutionProvider", "WebNNExecutionProvider"
"""onnxruntime's names of the execution providers that onnxruntime-web may have."""
_NAMES = {"wasm": CPU, "cpu": CPU, "webgpu": WEBGPU, "webnn": WEBNN}
"""onnxruntime's names, by the names of onnxruntime-web."""


def usable_providers(
    providers: Providers | None, available: Sequence[str]
) -> list[tuple[str, dict[str, Any]]]:
    """Return the providers that can be tried, each with its options; the last one is the CPU.

    As in onnxruntime, a provider that is not available is left out with a warning, and whatever no
    other provider can run is run on the CPU.

    Args:
        providers: the wanted providers in order of preference, by onnxruntime's names or by those
            of onnxruntime-web; None for the CPU.
        available: onnxruntime's names of the providers that exist here.

    """
    wanted: dict[str, dict[str, Any]] = {}
    for provider in providers or ():
        given, options = (provider, {}) if isinstance(provider, str) else provider
        name = _NAMES.get(given, given)
        if name in available:
            wanted.setdefault(name, options)
        else:
            warn_unavailable(given, f"available here: {', '.join(available)}")
    cpu_options = wanted.pop(CPU, {})
    return [*wanted.items(), (CPU, cpu_options)]


def warn_unavailable(name: str, reason: str) -> None:
    """Warn that a provider is left out."""
    warnings.warn(f"The execution provider {name} is not used ({reason}).", stacklevel=2)
