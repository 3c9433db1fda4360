"""`load`: one way to load a model, in a browser and on CPython."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

from offline_onnx.errors import ModelUnavailable, Unreachable
from offline_onnx.integrity import no_progress

if TYPE_CHECKING:
    from collections.abc import Mapping

    from offline_onnx.inference.model import Model
    from offline_onnx.integrity import Progress


async def load(
    source: str | os.PathLike[str],
    *,
    sha256: str = "",
    only_if_stored: bool = False,
    refresh: bool = False,
    headers: Mapping[str, str] | None = None,
    progress: Progress = no_progress,
    timeout: float | None = None,  # noqa: ASYNC109  # the caller gets an error of this library
) -> Model:
    """Load a model from an `.onnx` file, with or without a manifest.

    In a browser, a model from an address is stored under its address. If it is stored already, the
    stored copy is opened at once, and a newer version is looked for in the background. The next
    load opens the newer version. `BrowserModelStore` manages the stored models.

    Args:
        source: the address or path of an `.onnx` file, or of a manifest, which ends in `.json`; or
            the address indexeddb://NAME of a stored model. In a browser, a path is that of a file
            in Pyodide's file system; if there is none, it is an address relative to the page.
        sha256: the SHA-256 that the `.onnx` file must have. Another stored version is replaced, and
            no newer version is looked for.
        only_if_stored: open only the stored copy; send no request.
        refresh: look for a newer version first, and open it. If that fails, the stored copy is
            opened, and `model.warning` has the error.
        headers: HTTP headers that are sent with every request.
        progress: called with the number of bytes that have arrived or were verified so far, and the
            size of the file, or 0 if the size is unknown.
        timeout: the maximum duration in seconds; None for no limit.

    If the call is cancelled or takes too long, what has arrived stays stored, and the next call
    resumes the download. On CPython nothing is stored, `refresh` has no effect, and a path is
    always that of a file.

    Raises:
        ModelUnavailable: the model is not stored and can't be downloaded, or not in time.
        NotStored: `only_if_stored` is set and the model is not stored.
        IntegrityError: a file has another SHA-256 than `sha256`.
        SessionError: the model can't be opened.
        ManifestError: an input has a type that can't be passed to the model.
        OSError: a file can't be read.

    """
    from offline_onnx.world import load_model

    try:
        async with asyncio.timeout(timeout) as limit:
            return await load_model(
                source,
                sha256=sha256,
                only_if_stored=only_if_stored,
                refresh=refresh,
                headers=headers,
                progress=progress,
            )
    except TimeoutError:
        if not limit.expired():
            raise
        late = Unreachable(os.fspath(source), f"the model was not loaded within {timeout:g} s")
        raise ModelUnavailable(late) from late
