"""All errors of the library, as a tree of exception classes.

OfflineModelError
├── ManifestError         the manifest can't be read, or one of its fields is wrong
├── FetchError            a file could not be downloaded
│   ├── Unreachable       the server did not answer: the network is down, blocked or stalled
│   │   └── FileUnreadable  a file that the user has picked is missing or can't be read
│   ├── BadStatus         the server answered with a status such as 404 or 500
│   ├── CaptivePortal     a web page arrived instead of the file, with status 200
│   ├── WrongType         another kind of file, or the wrong part of the file, arrived
│   ├── WrongLength       the length of the file differs from the length in the manifest
│   └── Truncated         the response ended before the file did
├── IntegrityError        a model or its stored record is damaged or not the expected one
├── SelfTestFailed        the model runs, but does not return the expected results
├── StoreError            an operation on the browser's storage failed
│   ├── StoreUnavailable  the page can't use IndexedDB: private window, or blocked by settings
│   │   └── StoreBlocked  another tab has an older version of the database open
│   │       └── StoreTooNew  the stored database is newer than this page's code
│   ├── StoreFull         the quota is used up or the disk is full
│   ├── StoreUnreadable   the browser can't read the stored model, for example because it is large
│   └── Evicted           the browser has deleted the stored model
├── SessionError          the model can't be opened or run
│   ├── InputError        an input, or the name of an output, does not match the model
│   ├── OutOfMemory       there is not enough memory for the model or for an output
│   ├── ExternalDataMissing  files with the model's weights are missing
│   ├── ModelTooNew       the model needs a newer onnxruntime-web
│   ├── MachineError      native onnxruntime can't open the model on this machine
│   ├── RuntimeMissing    there is no onnxruntime-web, or it can't be used
│   ├── ProviderUnavailable  an execution provider is not available; the next one runs the model
│   └── ThreadsUnavailable   the model runs with fewer threads than requested
├── NotStored             no model is stored under this name
├── AddressError          the operation does not accept this kind of address
│   ├── BaseMissing       a relative address can't be resolved: there is no usable base
│   └── DocumentMissing   Python runs in a worker, which can't save files to disk
└── ModelUnavailable      no stored copy can be used, and the download failed

Each error has a description (`what`), an address (`address`, which may be empty), advice on what to
do (`remedy`), and the error that caused it, if any (`__cause__`). `str()` returns `what` and
`remedy`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable


class OfflineModelError(Exception):
    """Base class of all errors of this library.

    Attributes:
        what: what happened.
        address: the address, file or name that the error is about; "" if there is none.
        remedy: what to do about it.

    """

    remedy: ClassVar[str] = "Please report this."

    def __init__(self, what: str, address: str = "") -> None:
        super().__init__(f"{what} {self.remedy}")
        self.what = what
        self.address = address


class ManifestError(OfflineModelError):
    """The manifest is not valid JSON, or a field is missing or has the wrong type."""

    remedy = (
        "Write a new manifest from the model's file with `offline_onnx.describe`, on CPython; or "
        "load the .onnx file itself with `offline_onnx.load`, which needs no manifest."
    )


class FetchError(OfflineModelError):
    """The file at `address` could not be downloaded."""

    remedy = "Check the network, then try again."


class Unreachable(FetchError):
    """The server did not answer."""

    def __init__(self, address: str, reason: str) -> None:
        super().__init__(f"{address} can't be reached ({reason}).", address)


class FileUnreadable(Unreachable):
    """A file that the user has picked is missing or can't be read."""

    remedy = "Pick the manifest and all files of the model again, together."

    def __init__(self, name: str, reason: str) -> None:
        FetchError.__init__(self, f"The file {name} can't be read ({reason}).", name)


class BadStatus(FetchError):
    """The server answered with an error status.

    Attributes:
        status: the status, such as 404.

    """

    remedy = "Check that the file is on the server and that this page may read it."

    def __init__(self, address: str, status: int) -> None:
        super().__init__(f"The server answered {address} with status {status}.", address)
        self.status = status


class CaptivePortal(FetchError):
    """A web page arrived instead of the file: some networks show a login page first."""

    remedy = "Open another page, log in to the network if it asks you to, then try again."

    def __init__(self, address: str) -> None:
        super().__init__(
            f"The server answered {address} with a web page instead of the file.", address
        )


class WrongType(FetchError):
    """A file of another type, such as an image, or the wrong part of the file arrived."""

    remedy = "Check that the manifest names the model's file and that the server has it."

    def __init__(self, address: str, kind: str) -> None:
        super().__init__(f"The server answered {address} with {kind} instead of the file.", address)


_UPLOAD_AGAIN = (
    "upload the model's file and its manifest again, both from the same build. If the model is "
    "new, `offline-onnx manifest` writes its manifest."
)


class WrongLength(FetchError):
    """The length of the server's file differs from the length in the manifest."""

    remedy = f"U{_UPLOAD_AGAIN[1:]}"

    def __init__(self, address: str, length: int | None, size: int) -> None:
        found = "more" if length is None else str(length)
        super().__init__(f"{address} has {found} bytes, but its manifest says {size}.", address)


class Truncated(FetchError):
    """The response ended before the file did. Chunks that were stored before that stay stored."""

    remedy = "Check the network, then try again. Stored chunks are not downloaded again."

    def __init__(self, address: str, length: int, size: int) -> None:
        super().__init__(f"The download of {address} ended at {length} of {size} bytes.", address)


class IntegrityError(OfflineModelError):
    """The bytes of a model or its stored record are damaged, or the model is not the expected one.

    Args:
        origin: the source of the bytes: an address, a file, a name, or "the store".
        difference: what is wrong, such as "chunk 2 of 3 has 10 bytes instead of 12".

    """

    remedy = (
        "The damaged data is not used. Load the model again, by its http(s) address. If the error "
        f"persists, {_UPLOAD_AGAIN}"
    )

    def __init__(self, origin: str, difference: str) -> None:
        super().__init__(
            f"The model from {origin} is damaged or is another file ({difference}).", origin
        )

    @classmethod
    def in_store(cls, difference: str) -> IntegrityError:
        """Return the error for a damaged record, or damaged bytes, in the store."""
        return cls("the store", difference)


class SelfTestFailed(OfflineModelError):
    """The model does not return the results that the self-test in its manifest expects."""

    remedy = "Report this to the model's publisher. A stored earlier version stays in use."


_RUNS_UNSTORED = "A model that is loaded by its http(s) address runs even if it can't be stored."


class StoreError(OfflineModelError):
    """An operation on the browser's storage failed."""

    remedy = f"Reload the page, then try again. {_RUNS_UNSTORED}"


class StoreUnavailable(StoreError):
    """The page can't use the browser's storage."""

    remedy = f"Allow this site to store data, or leave the private window. {_RUNS_UNSTORED}"

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"The page can't use the browser's storage ({reason}): this may be a private window, "
            "or site data may be blocked."
        )


class StoreBlocked(StoreUnavailable):
    """Another tab has an older version of the database open, which blocks this page's version."""

    remedy = f"Close the site's other tabs, then reload the page. {_RUNS_UNSTORED}"

    def __init__(self) -> None:
        StoreError.__init__(
            self, "Another tab of this site has an older version of the database open."
        )


class StoreTooNew(StoreBlocked):
    """The stored database has a newer version than this page's code can use."""

    remedy = (
        "Reload the page, which may be an old copy. If this does not help, update offline_onnx in "
        f"this page: another page of the site uses a newer version of it. {_RUNS_UNSTORED}"
    )

    def __init__(self, reason: str) -> None:
        what = "The stored database has a newer version than the code of this page can use"
        StoreError.__init__(self, f"{what} ({reason}).")


class StoreFull(StoreError):
    """The data does not fit into the site's quota or onto the disk."""

    remedy = f"Free some disk space, or remove stored models. {_RUNS_UNSTORED}"

    def __init__(self, reason: str) -> None:
        super().__init__(f"The storage is full ({reason}).")


class StoreUnreadable(StoreError):
    """The browser can't read a stored model: for example, a large file in a private window.

    The stored copy is not known to be damaged, so it is not deleted.
    """

    remedy = (
        "Load the model by its http(s) address: it is downloaded and runs without being stored. "
        "The stored copy stays, because it may be readable outside of a private window. If it is "
        "not, remove the model and load it again."
    )

    def __init__(self, reason: str) -> None:
        super().__init__(f"The browser can't read the stored model ({reason}).")


class Evicted(StoreError):
    """The browser has deleted the stored model, as browsers do when disk space runs out."""

    remedy = (
        "Load the model by its http(s) address: it is downloaded and stored again. Persistent "
        "storage (`offline_onnx.browser.persist()`) prevents such deletions."
    )

    def __init__(self, name: str) -> None:
        super().__init__(f"The browser has deleted the stored model {name!r}.", name)


class SessionError(OfflineModelError):
    """The model can't be opened or run, for example because the page is on plain http."""

    remedy = (
        "Check the inputs, and that this runtime supports the model's operators. In a browser, the "
        "page's address must begin with https, or be on localhost."
    )

    def name_file(self, file: str) -> None:
        """Name the model's file in the message, unless it is named already."""
        if file not in self.what:
            self.what = f"{file}: {self.what}"
            self.args = (f"{self.what} {self.remedy}",)


class InputError(SessionError):
    """An input, or the name of an output, does not match the model. The message says why."""

    remedy = "Pass every input with the name, dtype and shape that the model expects."


class OutOfMemory(SessionError):
    """There is not enough memory for the model, for its run, or for one of its outputs."""

    remedy = (
        "Close other tabs, release models that are not needed, or use smaller inputs or a smaller "
        "model, for example one with 8-bit weights."
    )


class ExternalDataMissing(SessionError):
    """The model has weights in further files, and one is missing or not in the model's folder."""

    remedy = (
        "Keep these files in the folder of the `.onnx` file, and write its manifest again: "
        "`offline_onnx.describe.describe` has an argument for them, `external_data`. Or save the "
        "model as one file, with `onnx.save(onnx.load(...), ...)`."
    )

    @classmethod
    def of(cls, names: Iterable[str]) -> ExternalDataMissing:
        """Return the error for missing files."""
        listed = ", ".join(names)
        return cls(f"The model's weights are in other files, which are missing: {listed}.")


class ModelTooNew(SessionError):
    """The model has a newer opset or IR version than onnxruntime-web supports."""

    remedy = "Export it with an older opset or IR version, or run it with a newer onnxruntime-web."


class MachineError(SessionError):
    """Native onnxruntime can't open the model on this machine: for example, a locale is missing.

    The model is valid as far as is known, and may run on other machines and in browsers.
    """

    remedy = "Install what is missing on this machine, or use another machine or a browser."


class RuntimeMissing(SessionError):
    """There is no onnxruntime-web, which runs the models, or it can't be used."""

    remedy = (
        "Provide onnxruntime-web in one of four ways: pass it as "
        "`BrowserModelStore(runtime=...)`; make it a module named `onnxruntime_web`, with "
        "`pyodide.registerJsModule` or PyScript's `js_modules`; load it as the global `ort`; or "
        "install the wheel offline-onnx-runtime."
    )

    def __init__(self, reason: str) -> None:
        super().__init__(f"onnxruntime-web, which runs the models, can't be used ({reason}).")

    def name_file(self, file: str) -> None:
        """Don't name the model's file: it is not the reason."""


class ProviderUnavailable(SessionError):
    """An execution provider can't be used. This is only a warning: the next provider is used."""

    remedy = (
        "The model runs on the next provider. WebGPU needs a graphics card that the browser allows "
        "pages to use, and `ort.webgpu.bundle.min.mjs` as the runtime."
    )

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"The execution provider {name} is not used ({reason}).")


class ThreadsUnavailable(SessionError):
    """The model runs with fewer threads than requested. This is only a warning."""

    remedy = (
        "The model runs nevertheless. Threads need a page with the headers "
        "`Cross-Origin-Opener-Policy: same-origin` and `Cross-Origin-Embedder-Policy: "
        "require-corp`, and an onnxruntime-web that is loaded from an address."
    )

    def __init__(self, wanted: int, used: int, reason: str) -> None:
        super().__init__(f"The model runs with {used} instead of {wanted} threads: {reason}.")


class NotStored(OfflineModelError):
    """Nothing usable is stored under a name.

    Args:
        name: the name of the model.
        kind: what is missing, for the message: "model" or "previous version".

    """

    remedy = (
        "`BrowserModelStore.list()` returns the stored models and their previous versions. On "
        "CPython, no models are stored."
    )

    def __init__(self, name: str, kind: str = "model") -> None:
        super().__init__(f"No {kind} is stored under {name!r}.", name)


class AddressError(OfflineModelError):
    """The operation does not accept this kind of address."""

    remedy = "Use indexeddb://NAME, the http(s) address of a manifest, or downloads:// for a copy."


class BaseMissing(AddressError):
    """An address is relative, and there is no base URL, or none that can resolve it.

    By default, the base is the address of the page or of the worker's script. But the address of a
    worker that was started from a Blob can't be a base.
    """

    remedy = (
        "Pass an absolute address, which begins with https://, or pass the page's address as the "
        "base: `BrowserModelStore(base=...)` or `load(..., base=...)`."
    )

    def __init__(self, address: str, base: str) -> None:
        super().__init__(
            f"{address} can't be used as an address: the base for relative addresses is "
            f"{base or 'missing'}.",
            address,
        )


class DocumentMissing(AddressError):
    """Python runs in a worker, which has no document and so can't save files to disk."""

    remedy = (
        "Copy the model to indexeddb://NAME instead: the pages of this site share the stored "
        "models, and can copy them to downloads://."
    )

    def __init__(self, address: str) -> None:
        super().__init__(f"A worker has no document and can't save files to {address}.", address)


class ModelUnavailable(OfflineModelError):
    """No stored copy can be used, and the download failed. `__cause__` is the download's error."""

    remedy = "Once the model has been downloaded and stored, it also works offline."

    def __init__(self, cause: OfflineModelError) -> None:
        super().__init__(
            f"No stored copy of the model can be used, and the download failed: {cause}",
            cause.address,
        )
