"""`load` and `InferenceSession.create` on CPython: from paths, bytes and addresses.

Needs the packages onnxruntime and numpy.
"""

from __future__ import annotations

import asyncio
import os
import urllib.error
import urllib.request
from dataclasses import replace
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urljoin, urlsplit

from offline_onnx.errors import BadStatus, IntegrityError, NotStored, Unreachable
from offline_onnx.inference.manifest import Manifest
from offline_onnx.inference.model import Model
from offline_onnx.native import NativeMemory, NativeSession, external_files_of, verified_files
from offline_onnx.native_onnxruntime import (
    NativeInferenceSession,
    get_available_providers,
    native_options,
)
from offline_onnx.onnxruntime_api.node_arg import specs_of
from offline_onnx.onnxruntime_api.options import SessionOptions
from offline_onnx.onnxruntime_api.providers import usable_providers
from offline_onnx.storage.source import STORED_SCHEME
from offline_onnx.storage.without_manifest import Description, digested, manifest_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from offline_onnx.load_arguments import LoadArguments
    from offline_onnx.onnxruntime_api.providers import Providers

TIMEOUT = 30.0
"""A download fails after this many seconds without an answer from the server."""
_ADDRESSES = ("https://", "http://")


async def create_session(
    model: str | os.PathLike[str] | bytes | bytearray | memoryview,
    options: Any,
    providers: Providers | None,
) -> NativeInferenceSession:
    """Open a session; see `InferenceSession.create`. Models from an address are not stored."""
    if isinstance(model, str) and model.startswith(STORED_SCHEME):
        raise NotStored(model.removeprefix(STORED_SCHEME))
    if not isinstance(model, str) or not model.startswith(_ADDRESSES):
        return NativeInferenceSession(model, options, providers)
    content = await _read(model, {})
    given = options.external_files() if isinstance(options, SessionOptions) else {}
    others = {
        name: await _read(urljoin(model, quote(name)), {})
        for name in external_files_of(content)
        if name not in given
    }
    return NativeInferenceSession(content, options, providers, others)


async def load_model(source: str | os.PathLike[str], arguments: LoadArguments) -> Model:
    """Load a model; see `offline_onnx.load`."""
    address = os.fspath(source)
    if arguments.base is not None and isinstance(source, str):
        address = urljoin(arguments.base, address)
    is_remote = address.startswith(_ADDRESSES)
    if address.startswith(STORED_SCHEME) or (is_remote and arguments.only_if_stored):
        raise NotStored(address.removeprefix(STORED_SCHEME))
    headers = arguments.headers or {}
    first = await _read(address, headers)
    options = None
    if arguments.options:  # without external files, which NativeSession gets as an argument
        options = native_options(replace(arguments.options, _external_files={}))
    providers, left_out = usable_providers(arguments.providers, get_available_providers())
    path = urlsplit(address).path if is_remote else address

    async def read_beside(name: str) -> bytearray:
        """Return the bytes of another file in the folder of `address`."""
        file = urljoin(address, quote(name)) if is_remote else str(Path(path).parent / name)
        return await _read(file, headers)

    if path.endswith(".json"):
        manifest = Manifest.parse(first.decode())
        contents = [await read_beside(file.file) for file in manifest.files]
        verified = await verified_files(manifest, contents, arguments.progress)
        session = NativeSession(*verified, options, providers)
    else:
        given = arguments.options.external_files() if arguments.options else {}
        others = {
            name: given[name] if name in given else await read_beside(name)
            for name in external_files_of(first)
        }
        session = NativeSession(first, others, options, providers)
        inputs, outputs = specs_of(session.get_inputs()), specs_of(session.get_outputs())
        entries = session.get_modelmeta().custom_metadata_map
        description = Description(inputs, outputs, entries)
        name = unquote(Path(path).name) or "model.onnx"
        files = await digested(NativeMemory(), {name: first, **others})
        manifest = manifest_of(files, description)
        arguments.progress(manifest.total_size, manifest.total_size)
    if arguments.sha256 not in ("", manifest.model_sha256):
        raise IntegrityError(address, f"it has the SHA-256 {manifest.model_sha256}")
    return Model(manifest, session, warning=next(iter(left_out), None))


async def _read(address: str, headers: Mapping[str, str]) -> bytearray:
    """Return the bytes of a file on disk or on a server.

    Raises:
        OSError: the file can't be read.
        BadStatus: the server answered with an error status.
        Unreachable: the server did not answer.

    """
    if address.startswith(_ADDRESSES):
        return await asyncio.to_thread(_fetch, address, headers)
    return bytearray(await asyncio.to_thread(Path(address).read_bytes))


def _fetch(address: str, headers: Mapping[str, str]) -> bytearray:
    request = urllib.request.Request(address, headers=dict(headers))  # noqa: S310  # http(s) only
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as response:  # noqa: S310
            return bytearray(response.read())
    except urllib.error.HTTPError as error:
        error.close()
        raise BadStatus(address, error.code) from error
    except (OSError, HTTPException) as error:  # HTTPException: such as a body that ends too early
        raise Unreachable(address, str(error)) from error
