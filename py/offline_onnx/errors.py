"""Everything that can go wrong, as one tree. Each message says what happened and what to do.

OfflineModelError
├── ManifestError         the manifest is not one, or lacks a field
├── FetchError            the file did not come over the network
│   ├── Unreachable       no answer: offline, blocked, stalled
│   └── BadStatus         an answer, but not the file (404, 500, ...)
├── IntegrityError        the bytes are not those that the manifest names
├── StoreError            the browser's storage did not do what was asked
│   ├── StoreUnavailable  no IndexedDB here: private mode, blocked, switched off
│   └── StoreFull         the quota or the disk is full
├── SessionError          the runtime can't run the model, or not on this input
└── ModelUnavailable      no stored copy and no download: nothing to run
"""

from __future__ import annotations


class OfflineModelError(Exception):
    """Any failure of this library."""


class ManifestError(OfflineModelError):
    """The manifest is not valid JSON, or a field is missing or of the wrong kind."""


class FetchError(OfflineModelError):
    """A file could not be fetched from `address`."""

    def __init__(self, message: str, address: str) -> None:
        super().__init__(message)
        self.address = address


class Unreachable(FetchError):
    """The server gave no answer, or stopped in the middle of one."""

    def __init__(self, address: str, reason: str) -> None:
        super().__init__(
            f"{address} can't be reached ({reason}). Check the network, then try again.", address
        )


class BadStatus(FetchError):
    """The server answered, but not with the file."""

    def __init__(self, address: str, status: int) -> None:
        super().__init__(
            f"{address} was answered with status {status}. Is the file on the server?", address
        )
        self.status = status


class IntegrityError(OfflineModelError):
    """The bytes from `origin` are not those that the manifest describes."""

    def __init__(self, origin: str, difference: str) -> None:
        super().__init__(
            f"What came from {origin} is damaged or is another file ({difference}). "
            "It was thrown away."
        )


class StoreError(OfflineModelError):
    """The store failed at an operation; the model can still run from memory."""


class StoreUnavailable(StoreError):
    """There is no usable store in this browser or this window."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"This browser gives the page no storage ({reason}): private window, blocked site "
            "data, or switched off. Allow site data to keep the model."
        )


class StoreFull(StoreError):
    """The model does not fit into what the browser grants this site."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The storage is full ({reason}). Free some space to keep the model.")


class SessionError(OfflineModelError):
    """The runtime refused the model or the input."""


class ModelUnavailable(OfflineModelError):
    """There is no stored copy, and none could be downloaded; the cause says why."""

    def __init__(self, cause: OfflineModelError) -> None:
        super().__init__(
            f"No stored copy of the model, and it could not be downloaded: {cause} "
            "Connect to the network once, then it works without."
        )
