"""`load`: one way to load a model, in a browser and on CPython."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Any

from offline_onnx.errors import ModelUnavailable, Unreachable
from offline_onnx.integrity import no_progress
from offline_onnx.load_arguments import LoadArguments

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from offline_onnx.inference.model import Model
    from offline_onnx.integrity import Progress
    from offline_onnx.onnxruntime_api.options import SessionOptions
    from offline_onnx.onnxruntime_api.providers import Providers
    from offline_onnx.storage.model_store import Update


async def load(
    source: str | os.PathLike[str],
    *,
    name: str | None = None,
    sha256: str = "",
    only_if_stored: bool = False,
    refresh: bool = False,
    options: SessionOptions | None = None,
    providers: Providers | None = None,
    runtime: Any = None,
    base: str | None = None,
    headers: Mapping[str, str] | None = None,
    credentials: str = "same-origin",
    progress: Progress = no_progress,
    on_update: Callable[[Update], None] = lambda _: None,
    timeout: float | None = None,  # noqa: ASYNC109  # ModelUnavailable, not TimeoutError
) -> Model:
    """Load a model from an `.onnx` file, with or without a manifest.

    In a browser, a model from an address is stored under its address. If it is already stored, the
    stored copy is opened at once, and the library checks for a newer version in the background.
    The next load opens the newer version. A file without a manifest is checked only if the server
    sends its ETag or its date. `BrowserModelStore` manages the stored models.

    Args:
        source: the address or path of an `.onnx` file, or of a manifest, which ends in `.json`; or
            the address indexeddb://NAME of a stored model. In a browser, a path names an `.onnx`
            file in Pyodide's file system. If there is no such file, it is an address relative to
            the page.
        name: the name to store the model under; by default its address, without query and fragment.
            If a model is stored under this name, it is opened whatever the address is. Files on
            disk and in Pyodide's file system are not stored, so they need no name.
        sha256: the SHA-256 that the model must have: that of the `.onnx` file, or, if the model has
            further files, `Manifest.model_sha256`. If a version with another SHA-256 is stored at
            an address, it is replaced. With `sha256`, there is no
            background check for a newer version.
        only_if_stored: open only the stored copy of an address; send no request for the model.
        refresh: check for a newer version first, and open it. If the check fails, the stored copy
            is opened, and `model.warning` has the error.
        options: the options of the session, as in `InferenceSession.create`. If the page can't have
            the requested number of threads, `model.warning` is ThreadsUnavailable.
        providers: the execution providers in order of preference, as in `InferenceSession.create`.
            If one can't run the model, the next one does, and `model.warning` is
            ProviderUnavailable.
        runtime: the onnxruntime-web module that runs the model, such as the result of
            `isolated_runtime`; by default as in `BrowserModelStore`.
        base: the base URL of relative addresses; by default, the address of the page or of the
            worker's script.
        headers: HTTP headers that are sent with every request.
        credentials: "omit", "same-origin" or "include", as in JavaScript's `fetch`.
        progress: called with the number of bytes that have arrived or were verified so far, and the
            size of the model in bytes. While a model without a manifest is downloaded, the second
            number is the size of the files whose download has begun, or 0 if the size of the
            current file is unknown.
        on_update: called with the result of the background check for a newer version.
        timeout: the maximum duration in seconds; None for no limit.

    If the call is cancelled or takes too long, stored chunks stay stored, and the next call resumes
    the download. On CPython nothing is stored: `name`, `refresh`, `on_update`, `runtime` and
    `credentials` have no effect there. A path names a file on disk, unless there is a `base`.

    Raises:
        ModelUnavailable: the model is not stored and can't be downloaded, or not within `timeout`.
        FetchError: on CPython, a file can't be downloaded.
        NotStored: the model is not stored, but `only_if_stored` or indexeddb://NAME requires it.
        StoreError: the store can't be read, but `only_if_stored` or indexeddb://NAME requires it.
        IntegrityError: a file has another SHA-256 than `sha256` or the manifest requires, or the
            required stored copy is damaged.
        SelfTestFailed: a downloaded model does not return the results that its manifest expects.
        SessionError: the model can't be opened, or the page is on plain http.
        BaseMissing: the address is relative, and there is no base for it.
        ManifestError: an input, or every output, has a type that onnxruntime-web does not support;
            or, on CPython, the manifest is invalid. In a browser, a model from an address raises
            ModelUnavailable instead.
        OSError: a file can't be read.

    """
    from offline_onnx.implementation import load_model

    arguments = LoadArguments(
        name=name,
        sha256=sha256.lower(),
        only_if_stored=only_if_stored,
        refresh=refresh,
        options=options,
        providers=providers,
        runtime=runtime,
        base=base,
        headers=headers,
        credentials=credentials,
        progress=progress,
        on_update=on_update,
    )
    try:
        async with asyncio.timeout(timeout) as limit:
            return await load_model(source, arguments)
    except TimeoutError:
        if not limit.expired():
            raise
        late = Unreachable(os.fspath(source), f"the model was not loaded within {timeout:g} s")
        raise ModelUnavailable(late) from late
